// SampleName: how the line of a sample begins on a text page, before and around its labels.
//
// When to use something else: exemplar_text.h, start_time_text.h and number_format.h for what
// follows the name and the labels.
// Guarantees: none of their own; the caller has reserved the bytes.
// Thread safety: a value, and pure functions.
// Cost: a copy without a call.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "exporters/encoding/text_copy.h"

namespace streamhouse::exporters {

// How a sample's line begins: name{ or, where the name has to be quoted, {"name", and without
// labels name or {"name"}.
struct SampleName {
  SampleName() = default;
  explicit SampleName(std::string_view name);

  std::string labelled;
  std::string bare;
};

// The braces, the space and the newline of a line.
inline constexpr std::size_t kPunctuationBytes = 4;

// The name, the labels and the blank behind them; returns the end.
inline char* PutSeries(char* out, const SampleName& name, std::string_view labels) {
  if (labels.empty()) {
    out = PutText(out, name.bare);
  } else {
    out = PutText(PutText(out, name.labelled), labels);
    *out++ = '}';
  }
  *out++ = ' ';
  return out;
}

}  // namespace streamhouse::exporters
