// ForEachPoint(): the samples of a series as remote write has them: numbers, each with the place of
// its name and of its added label in the family's SampleLayout.
//
// When to use something else: a native histogram is not made of numbers (native_histogram.h).
// Guarantees: the samples of a series come in the order of a text page; bucket counts are
// cumulative.
// Thread safety: pure.
// Cost: none beyond the call of `put` for each sample.
//
//   ForEachPoint(values, series, [&](const SeriesPoint& point) { Put(point); });
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/sample_layout.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

// Whether a sample counts up from the start of its series, and so has a start time.
enum class StartUse : std::uint8_t { kNone, kOfSeries };

inline constexpr std::size_t kNoAddedLabel = std::numeric_limits<std::size_t>::max();

struct SeriesPoint {
  std::uint64_t bits = 0;             // of the value (NumberBits) or a stale marker
  std::size_t name = 0;               // in sample_names()
  std::size_t added = kNoAddedLabel;  // in added_values()
  StartUse start = StartUse::kNone;
  const metrics::Exemplar* exemplar = nullptr;
};

template <typename Number, typename Put>
void ForEachPoint(const metrics::CounterValues<Number>& counters, std::size_t series, const Put& put) {
  put(SeriesPoint{.bits = NumberBits(static_cast<double>(counters[series])),
                  .start = StartUse::kOfSeries,
                  .exemplar = counters.exemplars.At(series, 0)});
}

template <typename Put>
void ForEachPoint(const metrics::UpDownCounterValues& counters, std::size_t series, const Put& put) {
  put(SeriesPoint{.bits = NumberBits(static_cast<double>(counters[series]))});
}

template <typename Number, typename Put>
void ForEachPoint(const metrics::GaugeValues<Number>& gauges, std::size_t series, const Put& put) {
  put(SeriesPoint{.bits = NumberBits(static_cast<double>(gauges[series]))});
}

template <typename Put>
void ForEachPoint(const metrics::InfoValues& /*infos*/, std::size_t /*series*/, const Put& put) {
  put(SeriesPoint{.bits = NumberBits(1)});
}

template <typename Put>
void ForEachPoint(const metrics::StateSetValues& sets, std::size_t series, const Put& put) {
  for (std::size_t state = 0; state < sets.states.size(); ++state) {
    put(SeriesPoint{.bits = NumberBits(sets.IsOn(series, state) ? 1 : 0), .added = state});
  }
}

// The sum and the count, which stand behind all others.
template <typename Put>
void ForTotals(double sum, std::uint64_t count, const Put& put) {
  put(SeriesPoint{.bits = NumberBits(sum), .name = 1, .start = StartUse::kOfSeries});
  put(SeriesPoint{.bits = NumberBits(static_cast<double>(count)), .name = 2, .start = StartUse::kOfSeries});
}

template <typename Put>
void ForEachPoint(const metrics::HistogramValues& histograms, std::size_t series, const Put& put) {
  const metrics::HistogramValue value = histograms[series];
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) {
    total += value.bucket_counts[i];
    put(SeriesPoint{.bits = NumberBits(static_cast<double>(total)),
                    .added = i,
                    .start = StartUse::kOfSeries,
                    .exemplar = histograms.exemplars.At(series, i)});
  }
  ForTotals(value.sum, value.count, put);
}

template <typename Put>
void ForEachPoint(const metrics::ExponentialHistogramValues& histograms, std::size_t series, const Put& put) {
  ForEachPoint(histograms.classic, series, put);
}

template <typename Put>
void ForEachPoint(const metrics::SummaryValues& summaries, std::size_t series, const Put& put) {
  const metrics::SummaryValue value = summaries[series];
  for (std::size_t i = 0; i < summaries.quantiles.size(); ++i) {
    put(SeriesPoint{.bits = NumberBits(value.quantile_values[i]), .added = i});
  }
  ForTotals(value.sum, value.count, put);
}

// Stale markers for all samples of a series.
template <typename Put>
void ForEachEndedPoint(const SampleLayout& layout, const Put& put) {
  const std::size_t added = layout.added_values().size();
  for (std::size_t i = 0; i < added; ++i) put(SeriesPoint{.bits = kStaleMarkerBits, .added = i});
  const std::size_t others = layout.samples() - added;
  for (std::size_t i = layout.sample_names().size() - others; i < layout.sample_names().size(); ++i) {
    put(SeriesPoint{.bits = kStaleMarkerBits, .name = i});
  }
}

}  // namespace streamhouse::exporters
