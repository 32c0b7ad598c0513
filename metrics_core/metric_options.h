// MetricOptions: name, help, labels and storage of a family.
//
// When to use something else: CallbackFamily (callback_family.h) reads values that are kept
// elsewhere. It refuses `storage`, `series_max`, `label_value_bytes_max`, `expire_after` and
// `exemplars` other than the defaults.
// Guarantees: none of its own; registration checks names, labels and help, which must be there
// (metric_name.h), and gives an InvalidArgument for what is "refused" here.
// Thread safety: a value.
// Cost: SeriesStorage and LabelBytesMax() say what series cost.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
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

// How a reader that leaves out a label merges several series of a gauge into one. Series of
// counters and histograms are added.
enum class Aggregation : std::uint8_t {
  kSum,  // amounts: records, bytes, connections
  kMax,  // ages, delays, fill levels: the worst counts
};

// Beyond it, a page of one family costs its scraper more than it tells a reader.
inline constexpr std::uint32_t kSeriesMaxDefault = 10'000;

inline constexpr std::uint32_t kLabelValueBytesMaxDefault = 1024;
inline constexpr std::uint32_t kFewestLabelValueBytes = 32;

// How many bytes the label texts of a family may have. Label values often come from outside.
constexpr std::uint64_t LabelBytesMax(std::uint32_t series_max) {
  constexpr std::uint64_t kBytesPerSeries = 256;
  constexpr std::uint64_t kFewestBytes = std::uint64_t{64} * 1024;
  const std::uint64_t bytes = kBytesPerSeries * series_max;
  return bytes < kFewestBytes ? kFewestBytes : bytes;
}

struct MetricOptions {
  std::string name = {};
  std::string help = {};
  std::string unit = {};  // a base unit that the name ends with (before "_total"), or empty
  std::vector<std::string> labels = {};

  // Ignored by gauges: each series of a gauge has one shared cell.
  SeriesStorage storage = SeriesStorage::kPerThread;

  // Of Counter (not DoubleCounter) and of histograms; others are refused.
  Exemplars exemplars = Exemplars::kNone;

  // Other than kSum for gauges and up-down counters only; refused otherwise.
  Aggregation aggregation = Aggregation::kSum;

  // A look-up of one more label set gets the overflow series, whose label values are all
  // kOverflowLabelValue. So does a look-up of a new label set when the family's label texts have
  // LabelBytesMax(series_max) bytes.
  std::uint32_t series_max = kSeriesMaxDefault;

  // A longer label value is cut at a character, and ends with an ellipsis and a hash of the whole
  // value, so that different values stay apart. At least kFewestLabelValueBytes.
  std::uint32_t label_value_bytes_max = kLabelValueBytesMaxDefault;

  // A series that no handle holds, and whose value has not changed for so long, is removed by the
  // next scrape. Zero or less: series stay.
  std::chrono::nanoseconds expire_after{0};
};

// Label names that are written in the source: the compiler then counts the values that their family
// is given.
//
//   registry.AddCounter({.name = "requests_total", .help = "…"}, Labels{"method", "code"});
template <std::size_t kCount>
struct Labels {
  std::array<const char*, kCount> names;
};
template <typename... Names>
Labels(Names...) -> Labels<sizeof...(Names)>;

inline constexpr const char* kOverflowLabelValue = "_overflow";

}  // namespace streamhouse::metrics
