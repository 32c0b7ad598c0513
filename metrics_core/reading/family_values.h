// FamilyValues: the values of one family in a snapshot, one alternative for each kind and type of
// number.
//
// A reader visits the values of a family once, with an overload for each kind, and then walks over
// the series. A reader that forgets a kind does not compile.
// When to use something else: FamilySnapshot::As() where the kind is known, for example in a test.
// Guarantees:
// 1. Element i of each alternative is series i of the family.
// 2. A histogram's count is the sum of its buckets.
// Thread safety: read-only views of a snapshot.
// Cost: none; spans.
//
//   const double total = family.Visit(Overloaded{
//       []<typename Number>(const CounterValues<Number>& counters) { return double(counters[0]); },
//       …
//   });
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "metrics_core/exemplar.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::metrics {

// An overload set made of lambdas.
template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

// The exemplars of a family: one place for each bucket of each series, or none at all. A counter
// has one bucket.
struct ExemplarTable {
  std::span<const std::optional<Exemplar>> places;
  std::size_t buckets = 1;

  // Null where there is none.
  const Exemplar* At(std::size_t series, std::size_t bucket) const {
    if (places.empty()) return nullptr;
    const std::optional<Exemplar>& found = places[series * buckets + bucket];
    return found ? &*found : nullptr;
  }
};

// Number: std::uint64_t or double.
template <typename Number>
struct CounterValues {
  static constexpr MetricKind kKind = MetricKind::kCounter;

  std::span<const Number> numbers;
  ExemplarTable exemplars;

  Number operator[](std::size_t series) const { return numbers[series]; }
};

struct UpDownCounterValues {
  static constexpr MetricKind kKind = MetricKind::kUpDownCounter;

  std::span<const std::int64_t> numbers;

  std::int64_t operator[](std::size_t series) const { return numbers[series]; }
};

// Number: std::int64_t or double.
template <typename Number>
struct GaugeValues {
  static constexpr MetricKind kKind = MetricKind::kGauge;

  std::span<const Number> numbers;

  Number operator[](std::size_t series) const { return numbers[series]; }
};

// The value of each series is 1.
struct InfoValues {
  static constexpr MetricKind kKind = MetricKind::kInfo;
};

inline constexpr std::size_t kStatesMax = 64;

struct StateSetValues {
  static constexpr MetricKind kKind = MetricKind::kStateSet;

  std::span<const std::string> states;       // their names, the same for all series
  std::span<const std::uint64_t> bit_masks;  // bit s of a series: whether its state s is on; other bits say nothing

  bool IsOn(std::size_t series, std::size_t state) const { return (bit_masks[series] >> state & 1U) != 0; }
};

struct HistogramValue {
  std::span<const std::uint64_t> bucket_counts;  // not cumulative; one for each bound, and a last one up to +Inf
  double sum = 0;                                // in the unit of the family
  std::uint64_t count = 0;
};

struct HistogramValues {
  static constexpr MetricKind kKind = MetricKind::kHistogram;

  std::span<const double> bounds;                // finite and ascending, the same for all series
  std::span<const std::uint64_t> bucket_counts;  // of all series, one after another
  std::span<const double> sums;
  std::span<const std::uint64_t> counts;
  ExemplarTable exemplars;

  HistogramValue operator[](std::size_t series) const {
    const std::size_t buckets = bounds.size() + 1;
    return {.bucket_counts = bucket_counts.subspan(series * buckets, buckets),
            .sum = sums[series],
            .count = counts[series]};
  }
};

// An exponential histogram at its own resolution (exponential_scale.h).
struct ExponentialValue {
  int schema = 0;
  std::int32_t first_index = 0;                  // of bucket_counts[0]; the others follow without gaps
  std::span<const std::uint64_t> bucket_counts;  // not cumulative; empty when there are only zeros
  double zero_threshold = 0;                     // the same for all series of a family
  std::uint64_t zero_count = 0;                  // values in [0, zero_threshold]
  double sum = 0;
  std::uint64_t count = 0;  // == zero_count and the sum of bucket_counts
};

struct ExponentialHistogramValues {
  static constexpr MetricKind kKind = MetricKind::kExponentialHistogram;

  HistogramValues classic;  // the same observations, in classic buckets; its exemplars are those of the series
  std::span<const ExponentialValue> exponentials;

  const ExponentialValue& operator[](std::size_t series) const { return exponentials[series]; }
};

struct SummaryValue {
  std::span<const double> quantile_values;  // one for each quantile; NaN where unknown
  double sum = 0;                           // in the unit of the family
  std::uint64_t count = 0;
};

struct SummaryValues {
  static constexpr MetricKind kKind = MetricKind::kSummary;

  std::span<const double> quantiles;        // ascending, in [0, 1], the same for all series
  std::span<const double> quantile_values;  // of all series, one after another
  std::span<const double> sums;
  std::span<const std::uint64_t> counts;

  SummaryValue operator[](std::size_t series) const {
    return {.quantile_values = quantile_values.subspan(series * quantiles.size(), quantiles.size()),
            .sum = sums[series],
            .count = counts[series]};
  }
};

using FamilyValues = std::variant<CounterValues<std::uint64_t>, CounterValues<double>, UpDownCounterValues,
                                  GaugeValues<std::int64_t>, GaugeValues<double>, InfoValues, StateSetValues,
                                  HistogramValues, ExponentialHistogramValues, SummaryValues>;

// Whether each kind has a description, and each description a kind of values.
template <typename... Values>
constexpr bool DescribeAllKinds(const std::variant<Values...>* /*values*/) {
  bool is_described[kKindDescriptions.size()] = {};
  for (const MetricKind kind : {Values::kKind...}) {
    if (static_cast<std::size_t>(kind) >= kKindDescriptions.size()) return false;
    is_described[static_cast<std::size_t>(kind)] = true;
  }
  for (const bool is_one_described : is_described) {
    if (!is_one_described) return false;
  }
  return true;
}
static_assert(DescribeAllKinds(static_cast<const FamilyValues*>(nullptr)),
              "metric_kind.h needs a row for each kind of values");

}  // namespace streamhouse::metrics
