#include "exporters/otlp/otlp_requests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/otlp/otlp_json_encoder.h"
#include "exporters/otlp/otlp_protobuf_encoder.h"
#include "exporters/otlp/otlp_resource.h"
#include "exporters/view/delta_view.h"
#include "metrics_core/registry.h"
#include "tests/exporters/otlp/decoded_requests.h"
#include "tests/exporters/otlp/otlp_snapshot.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using otlp_test::ExportMetricsServiceRequest;

struct Protobuf {
  using Encoder = OtlpProtobufEncoder;
  static ExportMetricsServiceRequest Decode(const std::string& body) { return FromProtobuf(body); }
};
struct Json {
  using Encoder = OtlpJsonEncoder;
  static ExportMetricsServiceRequest Decode(const std::string& body) { return FromJson(body); }
};

template <typename Encoding>
class OtlpRequestsTest : public testing::Test {
 protected:
  static Requests Of(const metrics::Snapshot& snapshot, std::size_t request_bytes) {
    typename Encoding::Encoder encoder(snapshot, OtlpResource(snapshot.target()));
    return RequestsOf(encoder, request_bytes);
  }

  // By the name of each metric, what it and its points are, as text, however they are split.
  static std::map<std::string, std::string> PointsOf(const Requests& requests) {
    std::map<std::string, std::string> points;
    for (const std::string& body : requests.bodies) {
      const ExportMetricsServiceRequest request = Encoding::Decode(body);
      for (const otlp_test::Metric& metric : request.resource_metrics(0).scope_metrics(0).metrics()) {
        std::string& text = points[metric.name()];
        const google::protobuf::Message& data = DataOf(metric);
        const auto* field = data.GetDescriptor()->FindFieldByName("data_points");
        for (int i = 0; i < data.GetReflection()->FieldSize(data, field); ++i) {
          text += data.GetReflection()->GetRepeatedMessage(data, field, i).DebugString();
        }
      }
    }
    return points;
  }

 private:
  static const google::protobuf::Message& DataOf(const otlp_test::Metric& metric) {
    const auto* field = metric.GetReflection()->GetOneofFieldDescriptor(metric, metric.GetDescriptor()->oneof_decl(0));
    return metric.GetReflection()->GetMessage(metric, field);
  }
};

using Encodings = testing::Types<Protobuf, Json>;
TYPED_TEST_SUITE(OtlpRequestsTest, Encodings);

std::unique_ptr<metrics::Registry> RegistryOf(int series) {
  auto registry = std::make_unique<metrics::Registry>();
  const auto counter = registry->AddCounter({.name = "sent_total", .help = "S", .labels = {"topic"}}).value();
  const auto wait = registry->AddHistogram({.name = "wait", .help = "W", .labels = {"topic"}}, Bounds({1, 2})).value();
  for (int i = 0; i < series; ++i) {
    counter.With("topic-" + std::to_string(i)).Increment(static_cast<std::uint64_t>(i));
    wait.With("topic-" + std::to_string(i)).Observe(i);
  }
  return registry;
}

TYPED_TEST(OtlpRequestsTest, SayTheSameInRequestsOfAnySize) {
  const metrics::Snapshot snapshot = OtlpSnapshot();
  const auto whole = this->PointsOf(this->Of(snapshot, 1'000'000));
  EXPECT_EQ(whole.size(), 10U);
  for (std::size_t bytes = 1; bytes < 5'000; bytes += 97) {
    ASSERT_EQ(this->PointsOf(this->Of(snapshot, bytes)), whole) << bytes;
  }
}

TYPED_TEST(OtlpRequestsTest, EndAtTheirLimitBetweenSeries) {
  constexpr std::size_t kLimit = 4'000;
  const Requests requests = this->Of(RegistryOf(200)->TakeSnapshot(), kLimit);
  EXPECT_GT(requests.bodies.size(), 5U);
  for (const std::string& body : requests.bodies) EXPECT_LE(body.size(), kLimit);
  // A request ends only where the next point would not fit.
  for (std::size_t i = 0; i + 1 < requests.bodies.size(); ++i) EXPECT_GT(requests.bodies[i].size(), kLimit - 1'000);
}

TYPED_TEST(OtlpRequestsTest, HaveResourceScopeAndTheWholeDescriptionEach) {
  const Requests requests = this->Of(RegistryOf(200)->TakeSnapshot(), 4'000);
  for (const std::string& body : requests.bodies) {
    const ExportMetricsServiceRequest request = TypeParam::Decode(body);
    EXPECT_GE(request.resource_metrics(0).resource().attributes_size(), 4);
    EXPECT_EQ(request.resource_metrics(0).scope_metrics(0).scope().name(), "streamhouse");
    for (const otlp_test::Metric& metric : request.resource_metrics(0).scope_metrics(0).metrics()) {
      EXPECT_EQ(metric.has_sum() ? metric.sum().is_monotonic() : metric.has_histogram(), true) << metric.name();
      EXPECT_EQ(metric.description().size(), 1U);
    }
  }
}

TYPED_TEST(OtlpRequestsTest, CountTheirPoints) {
  const Requests requests = this->Of(RegistryOf(100)->TakeSnapshot(), 4'000);
  EXPECT_EQ(std::accumulate(requests.samples.begin(), requests.samples.end(), std::uint64_t{0}), 200U);
  for (std::size_t i = 0; i < requests.bodies.size(); ++i) {
    std::uint64_t points = 0;
    const ExportMetricsServiceRequest request = TypeParam::Decode(requests.bodies[i]);
    for (const otlp_test::Metric& metric : request.resource_metrics(0).scope_metrics(0).metrics()) {
      points += static_cast<std::uint64_t>(metric.sum().data_points_size() + metric.histogram().data_points_size());
    }
    EXPECT_EQ(requests.samples[i], points);
  }
}

TYPED_TEST(OtlpRequestsTest, AreLargerForOnePointThatIs) {
  metrics::Registry registry;
  const auto gauge =
      registry.AddGauge({.name = "g", .help = "G", .labels = {"l"}, .label_value_bytes_max = 100'000}).value();
  gauge.With("a").Set(1);
  gauge.With(std::string(50'000, 'x')).Set(2);
  gauge.With("b").Set(3);
  const Requests requests = this->Of(registry.TakeSnapshot(), 1'000);
  ASSERT_EQ(requests.bodies.size(), 3U);
  EXPECT_GT(requests.bodies[1].size(), 50'000U);
  EXPECT_EQ(TypeParam::Decode(requests.bodies[1])
                .resource_metrics(0)
                .scope_metrics(0)
                .metrics(0)
                .gauge()
                .data_points(0)
                .as_int(),
            2);
}

TYPED_TEST(OtlpRequestsTest, AreNoneForASnapshotWithoutPoints) {
  metrics::Registry registry({.target = {{"service.name", "relay"}}});
  registry.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  EXPECT_EQ(this->Of(registry.TakeSnapshot(), 1'000).bodies.size(), 0U) << "the target is no point";
  EXPECT_EQ(this->Of(metrics::Snapshot(), 1'000).bodies.size(), 0U);
}

TYPED_TEST(OtlpRequestsTest, HaveTheTargetAsResourceAndNotAsMetric) {
  metrics::Registry registry({.target = {{"service.name", "relay"}}});
  registry.AddGauge({.name = "g", .help = "G"}).value().With().Set(1);
  const Requests requests = this->Of(registry.TakeSnapshot(), 1'000);
  ASSERT_EQ(requests.bodies.size(), 1U);
  const ExportMetricsServiceRequest request = TypeParam::Decode(requests.bodies[0]);
  EXPECT_EQ(request.resource_metrics(0).resource().attributes(0).value().string_value(), "relay");
  EXPECT_EQ(request.resource_metrics(0).scope_metrics(0).metrics_size(), 1);
}

TYPED_TEST(OtlpRequestsTest, HaveAMetricOfThatNameWhereThereIsNoTarget) {
  metrics::Registry registry;
  const auto info = registry.AddInfo({.name = "target_info", .help = "T", .labels = {"l"}}).value();
  const auto one = info.With("a");
  EXPECT_EQ(this->PointsOf(this->Of(registry.TakeSnapshot(), 1'000)).count("target_info"), 1U);
}

TYPED_TEST(OtlpRequestsTest, TellHowFarTheyWent) {
  const metrics::Snapshot snapshot = RegistryOf(50)->TakeSnapshot();
  typename TypeParam::Encoder encoder(snapshot, OtlpResource(snapshot.target()));
  std::uint64_t samples = 0;
  PageSource::Progress progress;
  do {
    PageChunk chunk(2'000);
    progress = encoder.Fill(chunk);
    samples += encoder.samples();
    std::uint64_t before = encoder.position().series;
    for (std::size_t i = 0; i < encoder.position().family; ++i) before += snapshot.families()[i].size();
    EXPECT_EQ(samples, before);
  } while (progress == PageSource::Progress::kMore);
  EXPECT_EQ(samples, 100U);
}

TYPED_TEST(OtlpRequestsTest, SayWhichFamiliesAreDeltas) {
  const metrics::Snapshot snapshot = OtlpSnapshot();
  for (const DeltaFamilies deltas : {DeltaFamilies::kNone, DeltaFamilies::kAll}) {
    typename TypeParam::Encoder encoder(snapshot, OtlpResource(snapshot.target()), deltas);
    const auto request = TypeParam::Decode(ReadPage(encoder).value());
    for (const otlp_test::Metric& metric : request.resource_metrics(0).scope_metrics(0).metrics()) {
      const bool is_monotonic = metric.has_sum() && metric.sum().is_monotonic();
      const bool may_be_delta = is_monotonic || metric.has_histogram() || metric.has_exponential_histogram();
      const auto expected = may_be_delta && deltas == DeltaFamilies::kAll
                                ? otlp_test::AGGREGATION_TEMPORALITY_DELTA
                                : otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE;
      if (metric.has_gauge() || metric.has_summary()) continue;
      const auto said = metric.has_sum()         ? metric.sum().aggregation_temporality()
                        : metric.has_histogram() ? metric.histogram().aggregation_temporality()
                                                 : metric.exponential_histogram().aggregation_temporality();
      EXPECT_EQ(said, expected) << metric.name();
    }
  }
}

}  // namespace
}  // namespace streamhouse::exporters
