// MetricKind: the kinds of metrics, and what each kind means for pages and receivers.
//
// When to use something else: FamilyInfo (family_info.h) describes one family; family_values.h
// holds its values.
// Guarantees:
// 1. Describe() has one row for each kind. A row gives every field: a field left out does not
//    compile.
// 2. Sample names, type words and suffixes stand here; encoders and views read them. The fields of
//    OTLP and remote write are for the exporters of these formats.
// Thread safety: constants.
// Cost: none at run time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace streamhouse::metrics {

enum class MetricKind : std::uint8_t {
  kCounter,
  kUpDownCounter,
  kGauge,
  kInfo,
  kStateSet,
  kHistogram,
  kExponentialHistogram,
  kSummary,
};

// What stands behind a family's base name in the names of its samples.
inline constexpr std::string_view kTotalSuffix = "_total";
inline constexpr std::string_view kInfoSuffix = "_info";
inline constexpr std::string_view kBucketSuffix = "_bucket";
inline constexpr std::string_view kSumSuffix = "_sum";
inline constexpr std::string_view kCountSuffix = "_count";
inline constexpr std::string_view kCreatedSuffix = "_created";  // OpenMetrics 1.0 only

// The labels that a kind adds to its samples.
inline constexpr std::string_view kBoundLabel = "le";
inline constexpr std::string_view kQuantileLabel = "quantile";
inline constexpr std::string_view kOwnNameLabel = "__name__";  // stands for a label named like the family

// How several series become one where a view leaves out a label.
enum class SeriesSum : std::uint8_t {
  kAdded,          // values, buckets, sums and counts add up
  kByAggregation,  // FamilyInfo::aggregation decides; for kinds of one number, as buckets have no maximum
  kUnited,         // an info stays 1; a state is on if it is on in any series
};

// The OTLP data of a kind. All of it is cumulative. OTLP has a place for each kind here; a kind
// without one needs kNone, and an exporter that leaves it out and counts it. An info is one point
// of 1. A state set has a point of 0 or 1 for each state, with AddedLabel(info) as its
// attribute. A sum without a start time goes out with the time 0, which means unknown.
enum class OtlpData : std::uint8_t { kSum, kGauge, kHistogram, kExponentialHistogram, kSummary };

// Whether a kind has a property.
enum class Has : bool { kNo, kYes };

struct KindDescription {
  MetricKind kind;
  std::string_view word;         // for people: "exponential histogram"
  std::string_view name_suffix;  // what a registered name ends with; OpenMetrics 1.0 leaves it out of the family name
  // Behind the base name, in the order of the lines of a page, alike in every format that has a
  // line for each number. In OpenMetrics 2.0 every line has the registered name.
  std::span<const std::string_view> sample_suffixes;
  std::string_view added_label;  // to its samples: one of the three above, or empty
  // Prometheus text 0.0.4 and 1.0.0: counter, gauge, histogram, summary or untyped; readers refuse
  // a page with another.
  std::string_view text_type;
  std::string_view open_metrics_type;  // OpenMetrics 1.0 and 2.0
  std::uint8_t protobuf_type;          // io.prometheus.client.MetricType (tests/exporters/encoding/metrics.proto)
  std::uint8_t remote_write_type;      // io.prometheus.write.v2.Metadata.MetricType
  OtlpData otlp_data;
  Has prometheus_type;  // OTLP shows open_metrics_type beside the data, which does not tell the kind
  Has is_monotonic;     // its values or counts never go down while the process lives
  Has deltas;           // a receiver may ask for differences in place of its values (DeltaView)
  Has start_time;       // when a series began to count
  Has unit;             // a unit is allowed
  SeriesSum series_sum;
};

namespace kind_samples {
inline constexpr std::string_view kPlain[] = {""};
inline constexpr std::string_view kCounter[] = {kTotalSuffix};
inline constexpr std::string_view kInfo[] = {kInfoSuffix};
inline constexpr std::string_view kHistogram[] = {kBucketSuffix, kSumSuffix, kCountSuffix};
inline constexpr std::string_view kSummary[] = {"", kSumSuffix, kCountSuffix};
}  // namespace kind_samples

inline constexpr std::array kKindDescriptions = {
    KindDescription{
        .kind = MetricKind::kCounter,
        .word = "counter",
        .name_suffix = kTotalSuffix,
        .sample_suffixes = kind_samples::kCounter,
        .added_label = "",
        .text_type = "counter",
        .open_metrics_type = "counter",
        .protobuf_type = 0,
        .remote_write_type = 1,
        .otlp_data = OtlpData::kSum,
        .prometheus_type = Has::kNo,
        .is_monotonic = Has::kYes,
        .deltas = Has::kYes,
        .start_time = Has::kYes,
        .unit = Has::kYes,
        .series_sum = SeriesSum::kAdded,
    },
    // A sum that is not monotonic. Only OTLP tells it from a gauge.
    KindDescription{
        .kind = MetricKind::kUpDownCounter,
        .word = "up-down counter",
        .name_suffix = "",
        .sample_suffixes = kind_samples::kPlain,
        .added_label = "",
        .text_type = "gauge",
        .open_metrics_type = "gauge",
        .protobuf_type = 1,
        .remote_write_type = 2,
        .otlp_data = OtlpData::kSum,
        .prometheus_type = Has::kNo,
        .is_monotonic = Has::kNo,
        .deltas = Has::kNo,
        .start_time = Has::kNo,
        .unit = Has::kYes,
        .series_sum = SeriesSum::kByAggregation,
    },
    KindDescription{
        .kind = MetricKind::kGauge,
        .word = "gauge",
        .name_suffix = "",
        .sample_suffixes = kind_samples::kPlain,
        .added_label = "",
        .text_type = "gauge",
        .open_metrics_type = "gauge",
        .protobuf_type = 1,
        .remote_write_type = 2,
        .otlp_data = OtlpData::kGauge,
        .prometheus_type = Has::kNo,
        .is_monotonic = Has::kNo,
        .deltas = Has::kNo,
        .start_time = Has::kNo,
        .unit = Has::kYes,
        .series_sum = SeriesSum::kByAggregation,
    },
    // Labels that describe the program; the value is always 1.
    KindDescription{
        .kind = MetricKind::kInfo,
        .word = "info",
        .name_suffix = kInfoSuffix,
        .sample_suffixes = kind_samples::kInfo,
        .added_label = "",
        .text_type = "gauge",
        .open_metrics_type = "info",
        .protobuf_type = 1,
        .remote_write_type = 6,
        .otlp_data = OtlpData::kSum,
        .prometheus_type = Has::kYes,
        .is_monotonic = Has::kNo,
        .deltas = Has::kNo,
        .start_time = Has::kNo,
        .unit = Has::kNo,
        .series_sum = SeriesSum::kUnited,
    },
    // One sample of 0 or 1 for each state; a label named like the family holds the state.
    KindDescription{
        .kind = MetricKind::kStateSet,
        .word = "state set",
        .name_suffix = "",
        .sample_suffixes = kind_samples::kPlain,
        .added_label = kOwnNameLabel,
        .text_type = "gauge",
        .open_metrics_type = "stateset",
        .protobuf_type = 1,
        .remote_write_type = 7,
        .otlp_data = OtlpData::kSum,
        .prometheus_type = Has::kYes,
        .is_monotonic = Has::kNo,
        .deltas = Has::kNo,
        .start_time = Has::kNo,
        .unit = Has::kNo,
        .series_sum = SeriesSum::kUnited,
    },
    KindDescription{
        .kind = MetricKind::kHistogram,
        .word = "histogram",
        .name_suffix = "",
        .sample_suffixes = kind_samples::kHistogram,
        .added_label = kBoundLabel,
        .text_type = "histogram",
        .open_metrics_type = "histogram",
        .protobuf_type = 4,
        .remote_write_type = 3,
        .otlp_data = OtlpData::kHistogram,
        .prometheus_type = Has::kNo,
        .is_monotonic = Has::kYes,
        .deltas = Has::kYes,
        .start_time = Has::kYes,
        .unit = Has::kYes,
        .series_sum = SeriesSum::kAdded,
    },
    // Formats without native histograms show its classic buckets.
    KindDescription{
        .kind = MetricKind::kExponentialHistogram,
        .word = "exponential histogram",
        .name_suffix = "",
        .sample_suffixes = kind_samples::kHistogram,
        .added_label = kBoundLabel,
        .text_type = "histogram",
        .open_metrics_type = "histogram",
        .protobuf_type = 4,
        .remote_write_type = 3,
        .otlp_data = OtlpData::kExponentialHistogram,
        .prometheus_type = Has::kNo,
        .is_monotonic = Has::kYes,
        .deltas = Has::kYes,
        .start_time = Has::kYes,
        .unit = Has::kYes,
        .series_sum = SeriesSum::kAdded,
    },
    // Quantiles cannot be added up: a sum over series has none (NaN).
    KindDescription{
        .kind = MetricKind::kSummary,
        .word = "summary",
        .name_suffix = "",
        .sample_suffixes = kind_samples::kSummary,
        .added_label = kQuantileLabel,
        .text_type = "summary",
        .open_metrics_type = "summary",
        .protobuf_type = 2,
        .remote_write_type = 5,
        .otlp_data = OtlpData::kSummary,
        .prometheus_type = Has::kNo,
        .is_monotonic = Has::kYes,
        .deltas = Has::kNo,
        .start_time = Has::kYes,
        .unit = Has::kYes,
        .series_sum = SeriesSum::kAdded,
    },
};

// Whether each row stands at the place of its kind.
constexpr bool KindsStandInOrder() {
  for (std::size_t i = 0; i < kKindDescriptions.size(); ++i) {
    if (kKindDescriptions[i].kind != static_cast<MetricKind>(i)) return false;
  }
  return true;
}
static_assert(KindsStandInOrder());

constexpr const KindDescription& Describe(MetricKind kind) {
  return kKindDescriptions[static_cast<std::size_t>(kind)];
}

// A registered name without its kind's suffix: http_requests for the counter http_requests_total.
constexpr std::string_view BaseName(std::string_view name, MetricKind kind) {
  const std::string_view suffix = Describe(kind).name_suffix;
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

// The name of the OpenMetrics sample that holds a series' start time.
inline std::string CreatedName(std::string_view name, MetricKind kind) {
  return std::string(BaseName(name, kind)).append(kCreatedSuffix);
}

}  // namespace streamhouse::metrics
