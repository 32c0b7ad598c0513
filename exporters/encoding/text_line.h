// The parts of a line on a text page: the name of a sample and its labels; a copy of short texts.
//
// When to use something else: exemplar_text.h, start_time_text.h and number_format.h for what
// follows them.
// Guarantees: none of their own; the caller has reserved the bytes.
// Thread safety: pure functions.
// Cost: a copy without a call.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

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

template <std::size_t kSize>
void CopyBlock(char* out, const char* from) {
  std::memcpy(out, from, kSize);
}

// memcpy for texts of some tens of bytes, without a call: whole blocks, and a last one that
// overlaps its predecessor. Returns the end.
inline char* PutText(char* out, std::string_view text) {
  const std::size_t n = text.size();
  const char* const from = text.data();
  if (n >= 16) {
    std::size_t at = 0;
    for (; at + 16 <= n; at += 16) CopyBlock<16>(out + at, from + at);
    CopyBlock<16>(out + n - 16, from + n - 16);
  } else if (n >= 8) {
    CopyBlock<8>(out, from);
    CopyBlock<8>(out + n - 8, from + n - 8);
  } else if (n >= 4) {
    CopyBlock<4>(out, from);
    CopyBlock<4>(out + n - 4, from + n - 4);
  } else {
    for (std::size_t i = 0; i < n; ++i) out[i] = from[i];
  }
  return out + n;
}

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
