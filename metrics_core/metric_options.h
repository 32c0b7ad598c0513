// MetricOptions: what a family is called, and how its series are kept.
//
// Names, help and labels are checked at registration (metric_name.h). Thread safety: a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace streamhouse::metrics {

enum class SeriesStorage : std::uint8_t {
  kPerThread,  // a copy of the cells in every thread that records: no contention, 8 bytes a cell and thread
  kShared,     // one copy that all threads write by locked instructions: for many series that are seldom recorded
};

enum class Exemplars : std::uint8_t {
  kNone,
  kSampled,  // see exemplar.h
};

// What several series of a gauge amount to where a reader does not tell them apart. Counters and histograms add up.
enum class Aggregation : std::uint8_t {
  kSum,  // amounts: records, bytes, connections
  kMax,  // ages, delays, fill levels, of which the worst counts
};

// Beyond it, a page of one family costs its scraper more than it tells a reader.
inline constexpr std::uint32_t kDefaultSeriesMax = 10'000;

struct MetricOptions {
  std::string name = {};
  std::string help = {};
  std::string unit = {};  // a base unit that the name ends with (before "_total"), or empty
  std::vector<std::string> labels = {};

  // Gauges have one shared cell a series, whatever this says.
  SeriesStorage storage = SeriesStorage::kPerThread;

  // Of Counter and of histograms; others are refused.
  Exemplars exemplars = Exemplars::kNone;

  // Other than kSum for gauges only; refused otherwise.
  Aggregation aggregation = Aggregation::kSum;

  // A look-up of one more label set gets the overflow series, whose label values are all kOverflowLabelValue.
  std::uint32_t series_max = kDefaultSeriesMax;

  // A series that no handle holds, and whose value has not changed for so long, is removed by the next scrape. Zero:
  // series stay.
  std::chrono::nanoseconds expire_after{0};
};

inline constexpr const char* kOverflowLabelValue = "_overflow";

}  // namespace streamhouse::metrics
