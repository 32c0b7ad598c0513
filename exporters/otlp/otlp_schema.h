// The schema of OTLP: the fields that this project writes, one description for both encodings.
//
// When to use something else: protobuf_encoder.cc has the fields of Prometheus' own format.
// Guarantees: names and numbers are those of opentelemetry-proto 1.11 (fields of metrics have not
// changed since 0.19).
// Thread safety: constants.
// Cost: none at run time.
#pragma once

#include "exporters/otlp/otlp_field.h"

namespace streamhouse::exporters {

// Each namespace is a message of opentelemetry/proto/{collector/metrics,metrics,resource,common}.
namespace otlp {

namespace request {
inline constexpr OtlpField kResourceMetrics(1, "resource_metrics");
}
namespace resource_metrics {
inline constexpr OtlpField kResource(1, "resource");
inline constexpr OtlpField kScopeMetrics(2, "scope_metrics");
}  // namespace resource_metrics
namespace resource {
inline constexpr OtlpField kAttributes(1, "attributes");
}
namespace scope_metrics {
inline constexpr OtlpField kScope(1, "scope");
inline constexpr OtlpField kMetrics(2, "metrics");
}  // namespace scope_metrics
namespace scope {
inline constexpr OtlpField kName(1, "name");
inline constexpr OtlpField kVersion(2, "version");
}  // namespace scope
namespace key_value {
inline constexpr OtlpField kKey(1, "key");
inline constexpr OtlpField kValue(2, "value");
}  // namespace key_value
namespace any_value {
inline constexpr OtlpField kStringValue(1, "string_value");
}
namespace metric {
inline constexpr OtlpField kName(1, "name");
inline constexpr OtlpField kDescription(2, "description");
inline constexpr OtlpField kUnit(3, "unit");
inline constexpr OtlpField kGauge(5, "gauge");
inline constexpr OtlpField kSum(7, "sum");
inline constexpr OtlpField kHistogram(9, "histogram");
inline constexpr OtlpField kExponentialHistogram(10, "exponential_histogram");
inline constexpr OtlpField kSummary(11, "summary");
inline constexpr OtlpField kMetadata(12, "metadata");
}  // namespace metric
// Gauge, Sum, Histogram, ExponentialHistogram and Summary; each has the first of these, Sum has all
// of them.
namespace data {
inline constexpr OtlpField kDataPoints(1, "data_points");
inline constexpr OtlpField kAggregationTemporality(2, "aggregation_temporality");
inline constexpr OtlpField kIsMonotonic(3, "is_monotonic");
inline constexpr unsigned kDelta = 1;  // values of AggregationTemporality
inline constexpr unsigned kCumulative = 2;
}  // namespace data
// What the points of all five have in common.
namespace point {
inline constexpr OtlpField kStartTime(2, "start_time_unix_nano");
inline constexpr OtlpField kTime(3, "time_unix_nano");
}  // namespace point
// What histograms and summaries have in common.
namespace totals {
inline constexpr OtlpField kCount(4, "count");
inline constexpr OtlpField kSum(5, "sum");
}  // namespace totals
namespace number_point {
inline constexpr OtlpField kAsDouble(4, "as_double");
inline constexpr OtlpField kExemplars(5, "exemplars");
inline constexpr OtlpField kAsInt(6, "as_int");
inline constexpr OtlpField kAttributes(7, "attributes");
}  // namespace number_point
namespace histogram_point {
inline constexpr OtlpField kBucketCounts(6, "bucket_counts");
inline constexpr OtlpField kExplicitBounds(7, "explicit_bounds");
inline constexpr OtlpField kExemplars(8, "exemplars");
inline constexpr OtlpField kAttributes(9, "attributes");
}  // namespace histogram_point
namespace exponential_point {
inline constexpr OtlpField kAttributes(1, "attributes");
inline constexpr OtlpField kScale(6, "scale");
inline constexpr OtlpField kZeroCount(7, "zero_count");
inline constexpr OtlpField kPositive(8, "positive");
inline constexpr OtlpField kExemplars(11, "exemplars");
inline constexpr OtlpField kZeroThreshold(14, "zero_threshold");
}  // namespace exponential_point
namespace buckets {
inline constexpr OtlpField kOffset(1, "offset");
inline constexpr OtlpField kBucketCounts(2, "bucket_counts");
}  // namespace buckets
namespace summary_point {
inline constexpr OtlpField kQuantileValues(6, "quantile_values");
inline constexpr OtlpField kAttributes(7, "attributes");
}  // namespace summary_point
namespace quantile_value {
inline constexpr OtlpField kQuantile(1, "quantile");
inline constexpr OtlpField kValue(2, "value");
}  // namespace quantile_value
namespace exemplar {
inline constexpr OtlpField kTime(2, "time_unix_nano");
inline constexpr OtlpField kAsDouble(3, "as_double");
inline constexpr OtlpField kSpanId(4, "span_id");
inline constexpr OtlpField kTraceId(5, "trace_id");
}  // namespace exemplar

}  // namespace otlp

}  // namespace streamhouse::exporters
