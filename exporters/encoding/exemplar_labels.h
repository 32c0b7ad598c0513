// ExemplarLabels: trace and span of an exemplar as labels, in hexadecimal as in W3C traceparent.
//
// When to use something else: exemplar_text.h, for a text page.
// Guarantees: trace and span are written in full: 32 and 16 lower-case digits.
// Thread safety: a value.
// Cost: writes 48 hexadecimal digits; no allocation.
#pragma once

#include <array>
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

}  // namespace streamhouse::exporters
