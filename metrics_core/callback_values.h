// CallbackHistogram, CallbackSummary: what a callback gives for a histogram or a summary.
//
// When to use something else: a callback of a counter or gauge gives a double.
// Guarantees: none of their own; callback_family.h says which of them are valid.
// Thread safety: values.
// Cost: a copy of the numbers at each scrape.
#pragma once

#include <cstdint>
#include <vector>

namespace streamhouse::metrics {

struct CallbackHistogram {
  std::vector<std::uint64_t> bucket_counts;  // not cumulative: one for each bound, and a last one up to +Inf
  double sum = 0;                            // of all values, in the unit of the family
};

struct CallbackSummary {
  std::vector<double> quantile_values;  // one for each quantile of the family; NaN where unknown
  double sum = 0;                       // of all values, in the unit of the family
  std::uint64_t count = 0;
};

}  // namespace streamhouse::metrics
