// FamilyBuilder: adds the series of one family to a snapshot, each kind in its own way.
//
// SnapshotBuilder::BeginFamily() returns one. It ends with the next family or with Finish() of its
// SnapshotBuilder.
// When to use something else: a Registry makes its snapshots itself; this is for views and for
// values kept elsewhere.
// Guarantees:
// 1. Series stand in the order in which they were added.
// 2. The builder keeps views of label texts: they must outlive the snapshot.
// Thread safety: one thread.
// Cost: a copy of each value.
// Errors: mistakes in the order of calls are not checked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::metrics {

// The memory of one family's values. It is used again for the next snapshot.
struct FamilyBuffers {
  std::vector<std::string_view> labels;
  std::vector<std::int64_t> created;
  std::vector<std::optional<Exemplar>> exemplars;
  std::vector<std::uint64_t> unsigned_numbers;  // of counters; bit masks of state sets; buckets of histograms
  std::vector<std::int64_t> signed_numbers;     // of gauges and up-down counters
  std::vector<double> double_numbers;           // of counters and gauges; values of quantiles
  std::vector<double> sums;                     // of histograms and summaries
  std::vector<std::uint64_t> counts;            // of histograms and summaries
  std::vector<ExponentialValue> exponentials;
  std::vector<std::uint64_t> exponential_buckets;  // of all exponentials, one after another
  bool is_borrowed = false;                        // the values are another snapshot's
  bool is_renamed = false;                         // a borrowed family has label texts of its own

  // Spare memory, so that a family that grows does not get new memory at every scrape.
  static constexpr std::size_t kSpareMax = 4096;

  void Clear() {
    labels.clear();
    created.clear();
    exemplars.clear();
    unsigned_numbers.clear();
    signed_numbers.clear();
    double_numbers.clear();
    sums.clear();
    counts.clear();
    exponentials.clear();
    exponential_buckets.clear();
    is_borrowed = is_renamed = false;
  }

  // Makes room for so many elements in an empty vector.
  template <typename T>
  static void Reserve(std::vector<T>& vector, std::size_t needed) {
    if (needed <= vector.capacity()) return;
    // The old memory goes first.
    vector = std::vector<T>();
    vector.reserve(needed + std::min(needed / 4, kSpareMax));
  }

  // Where numbers of this type stand.
  template <typename Number>
  std::vector<Number>& numbers() {
    if constexpr (std::is_same_v<Number, std::uint64_t>) {
      return unsigned_numbers;
    } else if constexpr (std::is_same_v<Number, std::int64_t>) {
      return signed_numbers;
    } else {
      static_assert(std::is_same_v<Number, double>);
      return double_numbers;
    }
  }
};

// What the builders of all kinds have in common.
class SeriesBuilder {
 public:
  // Adds the exemplar of the next bucket of the series that was added last, in a family that has
  // them. A bucket without an exemplar is added too.
  void AddExemplar(const std::optional<Exemplar>& exemplar) { buffers_->exemplars.push_back(exemplar); }

  // Adds the start time of the next series, in a family that has them.
  void AddCreated(std::int64_t unix_milliseconds) { buffers_->created.push_back(unix_milliseconds); }
  // Those of all series, in their order.
  void AddAllCreated(std::span<const std::int64_t> unix_milliseconds) {
    buffers_->created.assign(unix_milliseconds.begin(), unix_milliseconds.end());
  }

 protected:
  // The buffers are empty. `series` is a guess; more may come.
  SeriesBuilder(FamilyBuffers& buffers, const FamilyInfo& info, std::size_t series) : buffers_(&buffers) {
    FamilyBuffers::Reserve(buffers.labels, series);
    if (info.has_created) FamilyBuffers::Reserve(buffers.created, series);
  }

  void ReserveTotals(std::size_t series) {
    FamilyBuffers::Reserve(buffers_->sums, series);
    FamilyBuffers::Reserve(buffers_->counts, series);
  }
  void ReserveExemplars(const FamilyInfo& info, std::size_t buckets) {
    if (info.has_exemplars) FamilyBuffers::Reserve(buffers_->exemplars, buckets);
  }
  void AddTotals(double sum, std::uint64_t count) {
    buffers_->sums.push_back(sum);
    buffers_->counts.push_back(count);
  }
  template <typename T>
  static std::span<T> AddZeros(std::vector<T>& vector, std::size_t count) {
    vector.resize(vector.size() + count);
    return std::span(vector).last(count);
  }

  FamilyBuffers* buffers_;
};

// Adds numbers, one a series.
template <typename Number>
class NumberBuilder : public SeriesBuilder {
 public:
  NumberBuilder(FamilyBuffers& buffers, const FamilyInfo& info, std::size_t series)
      : SeriesBuilder(buffers, info, series) {
    FamilyBuffers::Reserve(buffers.numbers<Number>(), series);
    ReserveExemplars(info, series);
  }

  void Add(std::string_view label_text, Number value) {
    buffers_->labels.push_back(label_text);
    buffers_->template numbers<Number>().push_back(value);
  }
};

// One specialization for each alternative of FamilyValues. Point() makes `values` refer to the
// finished buffers.
template <typename Values>
class FamilyBuilder;

template <typename Number>
class FamilyBuilder<CounterValues<Number>> : public NumberBuilder<Number> {
 public:
  using NumberBuilder<Number>::NumberBuilder;
  static void Point(CounterValues<Number>& values, const FamilyInfo& /*info*/, FamilyBuffers& buffers) {
    values = {.numbers = buffers.numbers<Number>(), .exemplars = {.places = buffers.exemplars, .buckets = 1}};
  }
};

template <>
class FamilyBuilder<UpDownCounterValues> : public NumberBuilder<std::int64_t> {
 public:
  using NumberBuilder::NumberBuilder;
  static void Point(UpDownCounterValues& values, const FamilyInfo& /*info*/, FamilyBuffers& buffers) {
    values = {.numbers = buffers.signed_numbers};
  }
};

template <typename Number>
class FamilyBuilder<GaugeValues<Number>> : public NumberBuilder<Number> {
 public:
  using NumberBuilder<Number>::NumberBuilder;
  static void Point(GaugeValues<Number>& values, const FamilyInfo& /*info*/, FamilyBuffers& buffers) {
    values = {.numbers = buffers.numbers<Number>()};
  }
};

template <>
class FamilyBuilder<InfoValues> : public SeriesBuilder {
 public:
  FamilyBuilder(FamilyBuffers& buffers, const FamilyInfo& info, std::size_t series)
      : SeriesBuilder(buffers, info, series) {}
  void Add(std::string_view label_text) { buffers_->labels.push_back(label_text); }
  static void Point(InfoValues& /*values*/, const FamilyInfo& /*info*/, FamilyBuffers& /*buffers*/) {}
};

// Adds bit masks: bit s says whether the state s is on.
template <>
class FamilyBuilder<StateSetValues> : public NumberBuilder<std::uint64_t> {
 public:
  using NumberBuilder::NumberBuilder;
  static void Point(StateSetValues& values, const FamilyInfo& info, FamilyBuffers& buffers) {
    values = {.states = info.states, .bit_masks = buffers.unsigned_numbers};
  }
};

template <>
class FamilyBuilder<HistogramValues> : public SeriesBuilder {
 public:
  FamilyBuilder(FamilyBuffers& buffers, const FamilyInfo& info, std::size_t series)
      : SeriesBuilder(buffers, info, series), buckets_(info.bounds.size() + 1) {
    FamilyBuffers::Reserve(buffers.unsigned_numbers, series * buckets_);
    ReserveTotals(series);
    ReserveExemplars(info, series * buckets_);
  }

  // Returns the zeroed buckets, to be filled before the next call.
  std::span<std::uint64_t> Add(std::string_view label_text) {
    buffers_->labels.push_back(label_text);
    return AddZeros(buffers_->unsigned_numbers, buckets_);
  }
  // Of the series that was added last.
  void SetTotals(double sum, std::uint64_t count) { AddTotals(sum, count); }

  static void Point(HistogramValues& values, const FamilyInfo& info, FamilyBuffers& buffers) {
    values = {.bounds = info.bounds,
              .bucket_counts = buffers.unsigned_numbers,
              .sums = buffers.sums,
              .counts = buffers.counts,
              .exemplars = {.places = buffers.exemplars, .buckets = info.bounds.size() + 1}};
  }

 private:
  std::size_t buckets_;
};

template <>
class FamilyBuilder<ExponentialHistogramValues> : public SeriesBuilder {
 public:
  FamilyBuilder(FamilyBuffers& buffers, const FamilyInfo& info, std::size_t series)
      : SeriesBuilder(buffers, info, series), classic_(buffers, info, series) {
    FamilyBuffers::Reserve(buffers.exponentials, series);
  }

  // Copies the buckets of `value`. Returns the zeroed classic buckets, to be filled before the next
  // call.
  std::span<std::uint64_t> Add(std::string_view label_text, const ExponentialValue& value) {
    buffers_->exponentials.push_back(value);
    buffers_->exponential_buckets.insert(buffers_->exponential_buckets.end(), value.bucket_counts.begin(),
                                         value.bucket_counts.end());
    const std::span<std::uint64_t> buckets = classic_.Add(label_text);
    classic_.SetTotals(value.sum, value.count);
    return buckets;
  }

  static void Point(ExponentialHistogramValues& values, const FamilyInfo& info, FamilyBuffers& buffers) {
    std::span<const std::uint64_t> buckets = buffers.exponential_buckets;
    for (ExponentialValue& value : buffers.exponentials) {
      value.bucket_counts = buckets.first(value.bucket_counts.size());
      buckets = buckets.subspan(value.bucket_counts.size());
    }
    FamilyBuilder<HistogramValues>::Point(values.classic, info, buffers);
    values.exponentials = buffers.exponentials;
  }

 private:
  FamilyBuilder<HistogramValues> classic_;
};

template <>
class FamilyBuilder<SummaryValues> : public SeriesBuilder {
 public:
  FamilyBuilder(FamilyBuffers& buffers, const FamilyInfo& info, std::size_t series)
      : SeriesBuilder(buffers, info, series), quantiles_(info.quantiles.size()) {
    FamilyBuffers::Reserve(buffers.double_numbers, series * quantiles_);
    ReserveTotals(series);
  }

  // Returns the zeroed values of the quantiles, to be filled before the next call.
  std::span<double> Add(std::string_view label_text, double sum, std::uint64_t count) {
    buffers_->labels.push_back(label_text);
    AddTotals(sum, count);
    return AddZeros(buffers_->double_numbers, quantiles_);
  }

  static void Point(SummaryValues& values, const FamilyInfo& info, FamilyBuffers& buffers) {
    values = {.quantiles = info.quantiles,
              .quantile_values = buffers.double_numbers,
              .sums = buffers.sums,
              .counts = buffers.counts};
  }

 private:
  std::size_t quantiles_;
};

}  // namespace streamhouse::metrics
