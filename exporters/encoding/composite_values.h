// CompositeValues: all numbers of a series of a histogram or a summary as one value, as OpenMetrics
// 2.0 has them on a line.
//
//   {count:3,sum:2.5,bucket:[0.5:1,+Inf:3]}
//   {count:3,sum:2.5,schema:3,zero_threshold:2.938735877055719e-39,zero_count:1,
//    positive_spans:[0:1],positive_buckets:[2],bucket:[1.0:3,+Inf:3]}  (without a break)
//   {count:3,sum:2.5,quantile:[0.5:0.7,0.99:1.2]}
//
// When to use something else: kinds with one number a sample have no such value.
// Guarantees:
// 1. Counts are whole numbers without a point, also native ones: a point would make a reader take
//    the histogram for one of fractions.
// 2. Classic buckets are cumulative and native ones are not.
// 3. Native ones stand first, and no span is written where all are empty.
// Thread safety: one thread at a time.
// Cost: linear in the buckets; the texts of bounds are made once a family.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exporters/encoding/native_buckets.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class CompositeValues {
 public:
  // Turns to a family, which must outlive its use here. False where its kind has single numbers.
  [[nodiscard]] bool Begin(const metrics::FamilySnapshot& family);

  // What Write() takes at most.
  std::size_t BytesMax(std::size_t series) const;
  // Writes the value of a series and returns its end.
  char* Write(char* out, std::size_t series);

  // Of the family; none for a summary.
  const metrics::ExemplarTable& exemplars() const { return exemplars_; }

 private:
  // One overload for each kind.
  template <typename Number>
  bool BeginKind(const metrics::CounterValues<Number>& counters);
  bool BeginKind(const metrics::UpDownCounterValues& counters);
  template <typename Number>
  bool BeginKind(const metrics::GaugeValues<Number>& gauges);
  bool BeginKind(const metrics::InfoValues& infos);
  bool BeginKind(const metrics::StateSetValues& sets);
  bool BeginKind(const metrics::HistogramValues& histograms);
  bool BeginKind(const metrics::ExponentialHistogramValues& histograms);
  bool BeginKind(const metrics::SummaryValues& summaries);

  void AddKey(double number);
  char* WriteNative(char* out, const metrics::ExponentialValue& value);
  char* WriteBuckets(char* out, const metrics::HistogramValue& value) const;
  char* WriteQuantiles(char* out, const metrics::SummaryValue& value) const;

  // Of the present family, as it has them; null where it has none.
  const metrics::HistogramValues* classic_ = nullptr;
  const metrics::ExponentialHistogramValues* native_ = nullptr;
  const metrics::SummaryValues* summaries_ = nullptr;
  metrics::ExemplarTable exemplars_;

  std::vector<std::string> keys_;  // of buckets or quantiles: 0.5: and ,1.0: and ,+Inf:
  std::size_t key_bytes_ = 0;      // of all of them
  NativeBuckets buckets_;          // of the present series
};

}  // namespace streamhouse::exporters
