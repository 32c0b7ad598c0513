// Exemplars as readers get them: trace and span as labels, in hexadecimal as in W3C traceparent.
//
// When to use something else: ProtobufEncoder and the exporters of otlp/ and remote_write/ write
// exemplars of their formats.
// Guarantees:
// 1. Trace and span are written in full: 32 and 16 lower-case digits.
// 2. WriteExemplar() writes at most kExemplarBytesMax bytes, for any value and time.
// Thread safety: pure functions.
// Cost: writes 48 hexadecimal digits; no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {

struct ExemplarLabel {
  std::string_view name;
  std::string_view value;
};

// trace_id and span_id; lives as long as it is held.
class ExemplarLabels {
 public:
  explicit ExemplarLabels(const metrics::Exemplar& exemplar);
  ExemplarLabels(const ExemplarLabels&) = delete;
  ExemplarLabels& operator=(const ExemplarLabels&) = delete;

  const ExemplarLabel* begin() const { return labels_.data(); }
  const ExemplarLabel* end() const { return labels_.data() + labels_.size(); }

 private:
  char digits_[48];
  std::array<ExemplarLabel, 2> labels_;
};

// The room that WriteExemplar() needs.
inline constexpr std::size_t kExemplarBytesMax = 192;

// Writes " # {trace_id="…",span_id="…"} value seconds", as OpenMetrics has it behind a sample, and
// returns its end. `out` has room for kExemplarBytesMax bytes; bytes behind the end may be written
// too.
char* WriteExemplar(char* out, const metrics::Exemplar& exemplar);

}  // namespace streamhouse::exporters
