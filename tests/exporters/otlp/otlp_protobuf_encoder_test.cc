#include "exporters/otlp/otlp_protobuf_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "metrics_core/version.h"
#include "tests/exporters/otlp/decoded_requests.h"
#include "tests/exporters/otlp/otlp_snapshot.h"
#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

constexpr std::uint64_t kTaken = kTakenMilliseconds * std::uint64_t{1'000'000};
constexpr std::uint64_t kCreated = kCreatedMilliseconds * std::uint64_t{1'000'000};

template <typename KeyValues>
std::string Text(const KeyValues& pairs) {
  std::string text;
  for (const otlp_test::KeyValue& pair : pairs) text += pair.key() + "=" + pair.value().string_value() + ";";
  return text;
}

class OtlpProtobufEncoderTest : public testing::Test {
 protected:
  const otlp_test::Metric& Metric(const std::string& name) const { return MetricOf(request_, name); }

  const otlp_test::ExportMetricsServiceRequest request_ = FromProtobuf(ProtobufRequestOf(OtlpSnapshot()));
};

TEST_F(OtlpProtobufEncoderTest, DescribesTheProcessAndTheScope) {
  ASSERT_EQ(request_.resource_metrics_size(), 1);
  const otlp_test::ResourceMetrics& resource = request_.resource_metrics(0);
  EXPECT_EQ(Text(resource.resource().attributes()),
            "service.name=relay;service.instance.id=7;telemetry.sdk.name=streamhouse;telemetry.sdk.language=cpp;"
            "telemetry.sdk.version=" +
                std::string(metrics::kVersion) + ";");
  ASSERT_EQ(resource.scope_metrics_size(), 1);
  EXPECT_EQ(resource.scope_metrics(0).scope().name(), "streamhouse");
  EXPECT_EQ(resource.scope_metrics(0).scope().version(), metrics::kVersion);
}

TEST_F(OtlpProtobufEncoderTest, WritesCountersAsMonotonicSums) {
  const otlp_test::Metric& sent = Metric("sent_bytes_total");
  EXPECT_EQ(sent.description(), "Help of sent_bytes_total");
  EXPECT_EQ(sent.unit(), "By");
  EXPECT_EQ(sent.metadata_size(), 0);
  EXPECT_TRUE(sent.sum().is_monotonic());
  EXPECT_EQ(sent.sum().aggregation_temporality(), otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE);
  ASSERT_EQ(sent.sum().data_points_size(), 2);
  const otlp_test::NumberDataPoint& point = sent.sum().data_points(0);
  EXPECT_EQ(point.as_int(), 4711);
  EXPECT_EQ(Text(point.attributes()), "topic=orders;partition=3;");
  EXPECT_EQ(point.time_unix_nano(), kTaken);
  EXPECT_EQ(point.start_time_unix_nano(), kCreated);
  EXPECT_EQ(Metric("energy_joules_total").sum().data_points(0).as_double(), 1.5);
  EXPECT_EQ(Metric("energy_joules_total").unit(), "J");
}

TEST_F(OtlpProtobufEncoderTest, WritesACountBeyondTheLargestIntegerAsADouble) {
  const otlp_test::NumberDataPoint& point = Metric("sent_bytes_total").sum().data_points(1);
  EXPECT_EQ(point.value_case(), otlp_test::NumberDataPoint::kAsDouble);
  EXPECT_EQ(point.as_double(), 18446744073709551615.0);
  EXPECT_EQ(Text(point.attributes()), "topic=a\"b\\c\nd;partition=;");
}

TEST_F(OtlpProtobufEncoderTest, GivesNoSeriesALaterStartThanItsTime) {
  EXPECT_EQ(Metric("sent_bytes_total").sum().data_points(1).start_time_unix_nano(), kTaken);
}

TEST_F(OtlpProtobufEncoderTest, WritesUpDownCountersAsSumsThatAreNotMonotonic) {
  const otlp_test::Sum& sum = Metric("open").sum();
  EXPECT_FALSE(sum.is_monotonic());
  EXPECT_EQ(sum.aggregation_temporality(), otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE);
  EXPECT_EQ(sum.data_points(0).as_int(), -3);
  EXPECT_EQ(sum.data_points(0).start_time_unix_nano(), 0U);
}

TEST_F(OtlpProtobufEncoderTest, WritesGaugesWithAllTheirNumbers) {
  const otlp_test::Gauge& whole = Metric("whole").gauge();
  EXPECT_EQ(whole.data_points(0).as_int(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(whole.data_points(1).as_int(), std::numeric_limits<std::int64_t>::max());
  const otlp_test::Gauge& fill = Metric("fill_ratio").gauge();
  EXPECT_EQ(Metric("fill_ratio").unit(), "1");
  ASSERT_EQ(fill.data_points_size(), 5);
  EXPECT_TRUE(std::isnan(fill.data_points(0).as_double()));
  EXPECT_EQ(fill.data_points(1).as_double(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(fill.data_points(2).as_double(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::signbit(fill.data_points(3).as_double()));
  EXPECT_EQ(fill.data_points(4).as_double(), std::numeric_limits<double>::denorm_min());
}

TEST_F(OtlpProtobufEncoderTest, WritesInfosAndStateSetsAsSumsAndSaysWhatTheyAre) {
  const otlp_test::Metric& build = Metric("build_info");
  EXPECT_EQ(Text(build.metadata()), "prometheus.type=info;");
  EXPECT_FALSE(build.sum().is_monotonic());
  EXPECT_EQ(build.sum().data_points(0).as_int(), 1);
  EXPECT_EQ(Text(build.sum().data_points(0).attributes()), "version=1.0;");
  const otlp_test::Metric& mode = Metric("mode");
  EXPECT_EQ(Text(mode.metadata()), "prometheus.type=stateset;");
  std::string states;
  for (const auto& point : mode.sum().data_points())
    states += Text(point.attributes()) + std::to_string(point.as_int());
  EXPECT_EQ(states, "node=a;mode=idle;0node=a;mode=a\"b;1node=b;mode=idle;1node=b;mode=a\"b;0");
}

TEST_F(OtlpProtobufEncoderTest, WritesHistogramsWithTheirBoundsAndSum) {
  EXPECT_EQ(Metric("wait_seconds").unit(), "s");
  const otlp_test::Histogram& histogram = Metric("wait_seconds").histogram();
  EXPECT_EQ(histogram.aggregation_temporality(), otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE);
  ASSERT_EQ(histogram.data_points_size(), 1);
  const otlp_test::HistogramDataPoint& point = histogram.data_points(0);
  EXPECT_EQ(Text(point.attributes()), "topic=orders;");
  EXPECT_EQ(point.start_time_unix_nano(), kCreated);
  EXPECT_EQ(point.time_unix_nano(), kTaken);
  EXPECT_EQ(point.count(), 5U);
  EXPECT_EQ(point.sum(), -2.5);
  EXPECT_EQ(std::vector<std::uint64_t>(point.bucket_counts().begin(), point.bucket_counts().end()),
            (std::vector<std::uint64_t>{1, 0, 4, 0}));
  EXPECT_EQ(std::vector<double>(point.explicit_bounds().begin(), point.explicit_bounds().end()),
            (std::vector<double>{-1, 0.001, 1e6}));
}

TEST_F(OtlpProtobufEncoderTest, WritesExponentialHistogramsAtTheirResolution) {
  const otlp_test::ExponentialHistogram& histogram = Metric("latency_seconds").exponential_histogram();
  EXPECT_EQ(histogram.aggregation_temporality(), otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE);
  ASSERT_EQ(histogram.data_points_size(), 1);
  const otlp_test::ExponentialHistogramDataPoint& point = histogram.data_points(0);
  EXPECT_EQ(point.start_time_unix_nano(), kCreated);
  EXPECT_EQ(point.count(), (std::uint64_t{1} << 40U) + 6);
  EXPECT_EQ(point.sum(), 20.5);
  EXPECT_EQ(point.scale(), -2);
  EXPECT_EQ(point.zero_count(), 1U);
  EXPECT_EQ(point.zero_threshold(), 1e-39);
  EXPECT_EQ(point.positive().offset(), -6);
  const auto& counts = point.positive().bucket_counts();
  EXPECT_EQ(std::vector<std::uint64_t>(counts.begin(), counts.end()),
            (std::vector<std::uint64_t>{3, 2, 0, std::uint64_t{1} << 40U}));
}

TEST_F(OtlpProtobufEncoderTest, WritesSummariesWithoutAStartTime) {
  const otlp_test::SummaryDataPoint& point = Metric("age_seconds").summary().data_points(0);
  EXPECT_EQ(point.start_time_unix_nano(), 0U);
  EXPECT_EQ(point.count(), 2U);
  EXPECT_EQ(point.sum(), 3);
  ASSERT_EQ(point.quantile_values_size(), 2);
  EXPECT_EQ(point.quantile_values(0).quantile(), 0.5);
  EXPECT_EQ(point.quantile_values(0).value(), 1.25);
  EXPECT_EQ(point.quantile_values(1).quantile(), 1);
  EXPECT_TRUE(std::isnan(point.quantile_values(1).value()));
}

TEST_F(OtlpProtobufEncoderTest, WritesExemplarsOfCountersAndBuckets) {
  const auto& of_counter = Metric("sent_bytes_total").sum().data_points(0).exemplars();
  const auto& of_bucket = Metric("wait_seconds").histogram().data_points(0).exemplars();
  ASSERT_EQ(of_counter.size(), 1);
  ASSERT_EQ(of_bucket.size(), 1);
  EXPECT_EQ(of_counter[0].SerializeAsString(), of_bucket[0].SerializeAsString());
  EXPECT_EQ(of_bucket[0].time_unix_nano(), 1'790'000'042'500'000'000U);
  EXPECT_EQ(of_bucket[0].as_double(), 0.75);
  EXPECT_EQ(of_bucket[0].trace_id(), "\x5F\x1C\x0A\xB2\xD3\x7E\x49\xC8\xA6\xB0\xE1\x1F\x42\xD9\x7C\x03");
  EXPECT_EQ(of_bucket[0].span_id(), "\x91\xBE\x02\xC7\xD4\xF8\xA3\x5E");
  EXPECT_EQ(Metric("sent_bytes_total").sum().data_points(1).exemplars_size(), 0);
}

TEST_F(OtlpProtobufEncoderTest, IsReadByProtocToo) {
  const CommandResult read =
      RunCommand("protoc --decode=otlp_test.ExportMetricsServiceRequest tests/exporters/otlp/otlp.proto",
                 ProtobufRequestOf(OtlpSnapshot()));
  EXPECT_EQ(read.exit_code, 0) << read.output;
  EXPECT_EQ(read.output, request_.DebugString());
}

}  // namespace
}  // namespace streamhouse::exporters
