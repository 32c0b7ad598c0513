#include "exporters/otlp/otlp_schema.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/exporters/otlp/otlp.pb.h"

namespace streamhouse::exporters {
namespace {

struct Case {
  const char* message;
  std::vector<OtlpField> fields;
};

std::vector<Case> Cases() {
  using namespace otlp;  // NOLINT(google-build-using-namespace)
  const std::vector<OtlpField> times = {point::kStartTime, point::kTime};
  return {
      {"ExportMetricsServiceRequest", {request::kResourceMetrics}},
      {"ResourceMetrics", {resource_metrics::kResource, resource_metrics::kScopeMetrics}},
      {"Resource", {resource::kAttributes}},
      {"ScopeMetrics", {scope_metrics::kScope, scope_metrics::kMetrics}},
      {"InstrumentationScope", {scope::kName, scope::kVersion}},
      {"KeyValue", {key_value::kKey, key_value::kValue}},
      {"AnyValue", {any_value::kStringValue}},
      {"Metric",
       {metric::kName, metric::kDescription, metric::kUnit, metric::kGauge, metric::kSum, metric::kHistogram,
        metric::kExponentialHistogram, metric::kSummary, metric::kMetadata}},
      {"Gauge", {data::kDataPoints}},
      {"Sum", {data::kDataPoints, data::kAggregationTemporality, data::kIsMonotonic}},
      {"Histogram", {data::kDataPoints, data::kAggregationTemporality}},
      {"ExponentialHistogram", {data::kDataPoints, data::kAggregationTemporality}},
      {"Summary", {data::kDataPoints}},
      {"NumberDataPoint", times},
      {"HistogramDataPoint", times},
      {"ExponentialHistogramDataPoint", times},
      {"SummaryDataPoint", times},
      {"HistogramDataPoint", {totals::kCount, totals::kSum}},
      {"ExponentialHistogramDataPoint", {totals::kCount, totals::kSum}},
      {"SummaryDataPoint", {totals::kCount, totals::kSum}},
      {"NumberDataPoint",
       {number_point::kAsDouble, number_point::kExemplars, number_point::kAsInt, number_point::kAttributes}},
      {"HistogramDataPoint",
       {histogram_point::kBucketCounts, histogram_point::kExplicitBounds, histogram_point::kExemplars,
        histogram_point::kAttributes}},
      {"ExponentialHistogramDataPoint",
       {exponential_point::kAttributes, exponential_point::kScale, exponential_point::kZeroCount,
        exponential_point::kPositive, exponential_point::kExemplars, exponential_point::kZeroThreshold}},
      {"ExponentialHistogramDataPoint.Buckets", {buckets::kOffset, buckets::kBucketCounts}},
      {"SummaryDataPoint", {summary_point::kQuantileValues, summary_point::kAttributes}},
      {"SummaryDataPoint.ValueAtQuantile", {quantile_value::kQuantile, quantile_value::kValue}},
      {"Exemplar", {exemplar::kTime, exemplar::kAsDouble, exemplar::kSpanId, exemplar::kTraceId}},
  };
}

TEST(OtlpSchemaTest, HasTheNumbersAndTheKeysOfTheSchema) {
  const google::protobuf::FileDescriptor& file = *otlp_test::Metric::descriptor()->file();
  for (const auto& [name, fields] : Cases()) {
    const auto* message = file.pool()->FindMessageTypeByName(std::string("otlp_test.") + name);
    ASSERT_NE(message, nullptr) << name;
    for (const OtlpField& field : fields) {
      const auto* described = message->FindFieldByNumber(static_cast<int>(field.number()));
      ASSERT_NE(described, nullptr) << name << field.number();
      EXPECT_EQ(field.json_key(), "\"" + described->json_name() + "\":") << name;
    }
  }
}

TEST(OtlpSchemaTest, CallsTheSumsCumulative) {
  EXPECT_EQ(otlp::data::kCumulative, otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE);
}

}  // namespace
}  // namespace streamhouse::exporters
