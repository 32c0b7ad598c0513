#include "exporters/view/family_sums.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include "exporters/view/exponential_sum.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/reading/family_builder.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {
namespace {

using metrics::Aggregation;
using metrics::CounterValues;
using metrics::Exemplar;
using metrics::ExemplarTable;
using metrics::ExponentialHistogramValues;
using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::GaugeValues;
using metrics::HistogramValue;
using metrics::HistogramValues;
using metrics::InfoValues;
using metrics::SeriesBuilder;
using metrics::SnapshotBuilder;
using metrics::StateSetValues;
using metrics::SummaryValues;
using metrics::UpDownCounterValues;

template <typename Number>
Number Added(Number a, Number b) {
  if constexpr (std::is_same_v<Number, std::int64_t>) {
    // Modular, like the counting itself.
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  } else {
    return a + b;
  }
}

template <typename Number>
Number Greatest(Number a, Number b) {
  if constexpr (std::is_same_v<Number, double>) {
    return std::fmax(a, b);
  } else {
    return std::max(a, b);
  }
}

// Sum() has an overload for each kind of values.
class FamilySum {
 public:
  FamilySum(const FamilySnapshot& family, std::span<const std::size_t> groups, const FamilyInfo& info,
            const std::deque<std::string>& texts, SnapshotBuilder& builder)
      : family_(family), groups_(groups), info_(info), texts_(texts), builder_(builder) {}

  template <typename Number>
  void Sum(const CounterValues<Number>& counters) {
    auto sums = builder_.BeginFamily<CounterValues<Number>>(info_, texts_.size());
    AppendNumbers(counters.numbers, &Added<Number>, sums);
    AppendExtras(counters.exemplars, sums);
  }

  void Sum(const UpDownCounterValues& counters) {
    auto sums = builder_.BeginFamily<UpDownCounterValues>(info_, texts_.size());
    AppendAggregated(counters.numbers, sums);
  }

  template <typename Number>
  void Sum(const GaugeValues<Number>& gauges) {
    auto sums = builder_.BeginFamily<GaugeValues<Number>>(info_, texts_.size());
    AppendAggregated(gauges.numbers, sums);
  }

  void Sum(const InfoValues& /*infos*/) {
    auto sums = builder_.BeginFamily<InfoValues>(info_, texts_.size());
    for (const std::string& text : texts_) sums.Add(text);
  }

  void Sum(const StateSetValues& sets) {
    auto sums = builder_.BeginFamily<StateSetValues>(info_, texts_.size());
    AppendNumbers(
        sets.bit_masks, +[](std::uint64_t a, std::uint64_t b) { return a | b; }, sums);
  }

  void Sum(const HistogramValues& histograms) {
    auto sums = builder_.BeginFamily<HistogramValues>(info_, texts_.size());
    const std::vector<std::uint64_t> buckets = SummedBuckets(histograms);
    const std::vector<double> totals = Summed(histograms.sums, &Added<double>);
    const std::vector<std::uint64_t> counts = Summed(histograms.counts, &Added<std::uint64_t>);
    for (std::size_t group = 0; group < texts_.size(); ++group) {
      CopyBuckets(buckets, group, sums.Add(texts_[group]));
      sums.SetTotals(totals[group], counts[group]);
    }
    AppendExtras(histograms.exemplars, sums);
  }

  void Sum(const ExponentialHistogramValues& histograms) {
    auto sums = builder_.BeginFamily<ExponentialHistogramValues>(info_, texts_.size());
    const std::vector<std::uint64_t> buckets = SummedBuckets(histograms.classic);
    std::vector<ExponentialSum> exponentials(texts_.size());
    for (std::size_t i = 0; i < groups_.size(); ++i) exponentials[groups_[i]].Add(histograms[i]);
    for (std::size_t group = 0; group < texts_.size(); ++group) {
      CopyBuckets(buckets, group, sums.Add(texts_[group], exponentials[group].value()));
    }
    AppendExtras(histograms.classic.exemplars, sums);
  }

  void Sum(const SummaryValues& summaries) {
    auto sums = builder_.BeginFamily<SummaryValues>(info_, texts_.size());
    const std::vector<double> totals = Summed(summaries.sums, &Added<double>);
    const std::vector<std::uint64_t> counts = Summed(summaries.counts, &Added<std::uint64_t>);
    for (std::size_t group = 0; group < texts_.size(); ++group) {
      const std::span<double> quantiles = sums.Add(texts_[group], totals[group], counts[group]);
      std::fill(quantiles.begin(), quantiles.end(), std::numeric_limits<double>::quiet_NaN());
    }
    AppendExtras({}, sums);
  }

 private:
  // One number for each group: its first series' number, combined with those of its other series.
  template <typename Number>
  std::vector<Number> Summed(std::span<const Number> numbers, Number (*combine)(Number, Number)) const {
    std::vector<Number> totals;
    totals.reserve(texts_.size());
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const std::size_t group = groups_[i];
      if (group == totals.size()) {
        totals.push_back(numbers[i]);
      } else {
        totals[group] = combine(totals[group], numbers[i]);
      }
    }
    return totals;
  }

  template <typename Number, typename Sums>
  void AppendNumbers(std::span<const Number> numbers, Number (*combine)(Number, Number), Sums& sums) const {
    const std::vector<Number> summed = Summed(numbers, combine);
    for (std::size_t group = 0; group < summed.size(); ++group) sums.Add(texts_[group], summed[group]);
  }

  template <typename Number, typename Sums>
  void AppendAggregated(std::span<const Number> numbers, Sums& sums) const {
    AppendNumbers(numbers, info_.aggregation == Aggregation::kMax ? &Greatest<Number> : &Added<Number>, sums);
    AppendExtras({}, sums);
  }

  // The buckets of all groups, one after another.
  std::vector<std::uint64_t> SummedBuckets(const HistogramValues& histograms) const {
    std::vector<std::uint64_t> summed(texts_.size() * (info_.bounds.size() + 1));
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const HistogramValue value = histograms[i];
      std::uint64_t* const buckets = summed.data() + groups_[i] * value.bucket_counts.size();
      for (std::size_t b = 0; b < value.bucket_counts.size(); ++b) buckets[b] += value.bucket_counts[b];
    }
    return summed;
  }

  static void CopyBuckets(std::span<const std::uint64_t> all, std::size_t group, std::span<std::uint64_t> to) {
    const auto buckets = all.subspan(group * to.size(), to.size());
    std::copy(buckets.begin(), buckets.end(), to.begin());
  }

  void AppendExtras(const ExemplarTable& exemplars, SeriesBuilder& sums) const {
    if (info_.has_exemplars) AppendExemplars(exemplars, sums);
    if (!info_.has_created) return;
    std::vector<std::int64_t> oldest(texts_.size(), std::numeric_limits<std::int64_t>::max());
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      oldest[groups_[i]] = std::min(oldest[groups_[i]], family_.created_unix_milliseconds(i));
    }
    for (const std::int64_t created : oldest) sums.AddCreated(created);
  }

  void AppendExemplars(const ExemplarTable& exemplars, SeriesBuilder& sums) const {
    std::vector<std::optional<Exemplar>> newest(texts_.size() * exemplars.buckets);
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      for (std::size_t bucket = 0; bucket < exemplars.buckets; ++bucket) {
        const Exemplar* const found = exemplars.At(i, bucket);
        std::optional<Exemplar>& kept = newest[groups_[i] * exemplars.buckets + bucket];
        if (found != nullptr && (!kept || kept->unix_milliseconds < found->unix_milliseconds)) kept = *found;
      }
    }
    for (const std::optional<Exemplar>& exemplar : newest) sums.AddExemplar(exemplar);
  }

  const FamilySnapshot& family_;
  const std::span<const std::size_t> groups_;
  const FamilyInfo& info_;
  const std::deque<std::string>& texts_;
  SnapshotBuilder& builder_;
};

}  // namespace

void AppendFamilySums(const FamilySnapshot& family, std::span<const std::size_t> groups, const FamilyInfo& info,
                      const std::deque<std::string>& texts, SnapshotBuilder& builder) {
  FamilySum sum(family, groups, info, texts, builder);
  family.Visit([&](const auto& values) { sum.Sum(values); });
}

}  // namespace streamhouse::exporters
