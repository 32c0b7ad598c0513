#include "exporters/otlp/otlp_exporter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/view/delta_view.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/otlp/decoded_requests.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/receiver_outage.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/eventually.h"
#include "tests/support/held_port.h"

namespace streamhouse::exporters {
namespace {

using metrics::MutexLock;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kProtobufType = "Content-Type: application/x-protobuf\r\n";

class OtlpExporterTest : public testing::Test {
 protected:
  OtlpExporterTest() : metrics_(PushMetrics::Register(registry_).value()) {}

  // A receiver on this machine, and no push before the last one.
  OtlpExporterOptions Options() {
    return {.receiver = {.address = {.host = "127.0.0.1", .port = receiver_.port()}},
            .push = {.interval = hours(1), .log = [this](std::string_view line) {
                       const MutexLock lock(mutex_);
                       log_.emplace_back(line);
                     }}};
  }

  // The last push of an exporter.
  void Push(OtlpExporterOptions options) {
    OtlpExporter exporter(registry_, metrics_, std::move(options));
    ASSERT_TRUE(exporter.Start().ok());
    exporter.Stop();
  }

  // So many series of a gauge, each of a hundred bytes.
  void AddSeries(int count) {
    const auto gauge = registry_.AddGauge({.name = "g", .help = "G", .labels = {"l"}}).value();
    for (int i = 0; i < count; ++i) gauge.With(std::string(80, 'x') + std::to_string(i)).Set(i);
  }

  double Count(const std::string& name, const std::string& reason = "") {
    const metrics::testing::MetricReader reader(registry_);
    const std::string family = "streamhouse_exporter_" + name + "_total";
    const auto value = reason.empty() ? reader.Value(family, {{"exporter", "otlp+http"}})
                                      : reader.Value(family, {{"exporter", "otlp+http"}, {"reason", reason}});
    return value.value_or(0);
  }

  std::vector<std::string> log() const {
    const MutexLock lock(mutex_);
    return log_;
  }

  metrics::Registry registry_{metrics::RegistryOptions{.target = {{"service.name", "relay"}}}};
  const PushMetrics metrics_;
  ScriptedReceiver receiver_;

 private:
  mutable metrics::Mutex mutex_;
  std::vector<std::string> log_ STREAMHOUSE_GUARDED_BY(mutex_);
};

std::string PartialSuccess(std::int64_t rejected, const std::string& message) {
  otlp_test::ExportMetricsServiceResponse response;
  response.mutable_partial_success()->set_rejected_data_points(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

TEST_F(OtlpExporterTest, SendsTheSnapshotAsProtobuf) {
  AddSeries(2);
  Push(Options());
  ASSERT_EQ(receiver_.requests().size(), 1U);
  const ReceivedRequest request = receiver_.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/v1/metrics");
  EXPECT_EQ(request.Header("content-type"), "application/x-protobuf");
  EXPECT_EQ(request.Header("content-encoding"), "");
  const otlp_test::ExportMetricsServiceRequest decoded = FromProtobuf(request.body);
  EXPECT_EQ(MetricOf(decoded, "g").gauge().data_points_size(), 2);
  EXPECT_EQ(decoded.resource_metrics(0).resource().attributes(0).value().string_value(), "relay");
  EXPECT_EQ(Count("samples_sent"), 2);
  EXPECT_EQ(Count("sent_bytes"), static_cast<double>(request.body.size()));
}

TEST_F(OtlpExporterTest, SendsJsonWhereItIsAskedFor) {
  AddSeries(2);
  OtlpExporterOptions options = Options();
  options.encoding = OtlpEncoding::kJson;
  options.path = "/otlp/v1/metrics?a=b";
  options.resource = {{"zone", "a"}};
  options.labels = {{"node", "n"}};
  Push(std::move(options));
  ASSERT_EQ(receiver_.requests().size(), 1U);
  const ReceivedRequest request = receiver_.requests()[0];
  EXPECT_EQ(request.path, "/otlp/v1/metrics?a=b");
  EXPECT_EQ(request.Header("content-type"), "application/json");
  const otlp_test::ExportMetricsServiceRequest decoded = FromJson(request.body);
  EXPECT_EQ(decoded.resource_metrics(0).resource().attributes(1).key(), "zone");
  EXPECT_EQ(MetricOf(decoded, "g").gauge().data_points(0).attributes(1).value().string_value(), "n");
}

TEST_F(OtlpExporterTest, CompressesWhereItIsAskedFor) {
  AddSeries(50);
  for (const auto& [coding, command] :
       {std::pair(ContentCoding::kGzip, "gzip"), std::pair(ContentCoding::kZstd, "zstd")}) {
    OtlpExporterOptions options = Options();
    options.compression = coding;
    Push(std::move(options));
    const ReceivedRequest request = receiver_.requests().back();
    EXPECT_EQ(request.Header("content-encoding"), command);
    const CommandResult plain = RunCommand(std::string(command) + " -dc", request.body);
    EXPECT_EQ(MetricOf(FromProtobuf(plain.output), "g").gauge().data_points_size(), 50);
  }
}

TEST_F(OtlpExporterTest, SendsRequestsOfTheirSizeAndCountsEachPoint) {
  AddSeries(100);
  OtlpExporterOptions options = Options();
  options.request_bytes = 2'000;
  receiver_.Then(Respond(200)).Then(Respond(400, "", "out of order"));
  Push(std::move(options));
  std::vector<int> points;
  for (const ReceivedRequest& request : receiver_.requests()) {
    EXPECT_LE(request.body.size(), 2'000U);
    points.push_back(MetricOf(FromProtobuf(request.body), "g").gauge().data_points_size());
  }
  ASSERT_GT(points.size(), 5U) << "the refused one does not keep back the others";
  EXPECT_EQ(Count("samples_dropped", "refused"), points[1]);
  EXPECT_EQ(Count("samples_sent"), 100 - points[1]);
}

TEST_F(OtlpExporterTest, DropsTheRestOfAPushThatCannotBeDelivered) {
  AddSeries(100);
  OtlpExporterOptions options = Options();
  options.request_bytes = 2'000;
  receiver_.Then(Respond(200)).Then(Respond(503));
  Push(std::move(options));
  EXPECT_EQ(receiver_.requests().size(), 2U) << "the last push makes one attempt";
  const int sent = MetricOf(FromProtobuf(receiver_.requests()[0].body), "g").gauge().data_points_size();
  EXPECT_EQ(Count("samples_sent"), sent);
  EXPECT_EQ(Count("samples_dropped", "unavailable"), 100 - sent);
}

TEST_F(OtlpExporterTest, CountsWhatAReceiverRejectsAndDoesNotSendItAgain) {
  AddSeries(10);
  OtlpExporterOptions options = Options();
  receiver_.Then(Respond(200, kProtobufType, PartialSuccess(3, "too old")));
  Push(std::move(options));
  EXPECT_EQ(receiver_.requests().size(), 1U);
  EXPECT_EQ(Count("samples_sent"), 7);
  EXPECT_EQ(Count("samples_dropped", "rejected"), 3);
  ASSERT_EQ(log().size(), 1U);
  EXPECT_EQ(log()[0], "otlp+http://127.0.0.1:" + std::to_string(receiver_.port()) +
                          "/v1/metrics: the receiver rejects 3 of 10 data points: too old");
}

TEST_F(OtlpExporterTest, LogsAWarningOnceForPushesInARow) {
  AddSeries(10);
  OtlpExporterOptions options = Options();
  options.push.interval = milliseconds(1);
  for (int i = 0; i < 1'000; ++i) receiver_.Then(Respond(200, kProtobufType, PartialSuccess(0, "slow down")));
  OtlpExporter exporter(registry_, metrics_, std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return receiver_.requests().size() >= 3; }));
  exporter.Stop();
  EXPECT_EQ(log().size(), 1U);
  EXPECT_EQ(Count("samples_dropped", "rejected"), 0);
}

TEST_F(OtlpExporterTest, TakesAResponseThatRejectsMoreThanWasSentForAll) {
  AddSeries(10);
  receiver_.Then(Respond(200, kProtobufType, PartialSuccess(1'000, "")));
  Push(Options());
  EXPECT_EQ(Count("samples_dropped", "rejected"), 10);
}

// One status after the other: whether the same body comes a second time.
TEST_F(OtlpExporterTest, RetriesAfterTheStatusesOfTheProtocolOnly) {
  AddSeries(1);
  for (const int status : {429, 502, 503, 504, 400, 401, 404, 408, 413, 500, 501}) {
    OtlpExporterOptions options = Options();
    options.push.interval = milliseconds(1);
    const double retries = Count("retries");
    const std::size_t before = receiver_.requests().size();
    receiver_.Then(Respond(status, "Retry-After: 0\r\n"));
    OtlpExporter exporter(registry_, metrics_, std::move(options));
    ASSERT_TRUE(exporter.Start().ok());
    EXPECT_TRUE(Eventually([&] { return receiver_.requests().size() >= before + 2; }));
    exporter.Stop();
    const bool is_retryable = status == 429 || (status >= 502 && status <= 504);
    EXPECT_EQ(Count("retries") - retries, is_retryable ? 1 : 0) << status;
  }
}

TEST_F(OtlpExporterTest, StartsAndStopsWhileTheReceiverIsUnreachable) {
  AddSeries(10);
  const HeldPort nowhere;
  OtlpExporterOptions options = Options();
  options.receiver.address.port = nowhere.number();
  Push(std::move(options));
  EXPECT_EQ(Count("samples_dropped", "unreachable"), 10);
}

TEST_F(OtlpExporterTest, SendsTheWholeCountAfterAnOutage) {
  const auto sent = registry_.AddCounter({.name = "sent_total", .help = "S"}).value().With();
  AddOutage(receiver_, [&] { sent.Increment(); });
  OtlpExporterOptions options = Options();
  options.push.interval = milliseconds(1);
  options.push.push_time = seconds(2);
  OtlpExporter exporter(registry_, metrics_, std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  ASSERT_TRUE(Eventually([&] { return receiver_.requests().size() > kOutageRequests; }));
  const auto decoded = FromProtobuf(receiver_.requests()[kOutageRequests].body);
  EXPECT_EQ(MetricOf(decoded, "sent_total").sum().data_points(0).as_int(), std::int64_t{kOutageRequests});
  exporter.Stop();
}

TEST_F(OtlpExporterTest, SendsNoEmptyRequest) {
  registry_.AddGauge({.name = "g", .help = "G", .labels = {"l"}}).value();
  Push(Options());
  EXPECT_EQ(receiver_.requests().size(), 0U);
}

TEST_F(OtlpExporterTest, SendsHeadersAndDoesNotLogTheirValues) {
  AddSeries(1);
  OtlpExporterOptions options = Options();
  options.headers = {{"authorization", "Bearer hunter2"}};
  options.push.interval = milliseconds(1);
  for (int i = 0; i < 1'000; ++i) receiver_.Then(Respond(401, "", "no such key: hunter2"));
  OtlpExporter exporter(registry_, metrics_, std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return !log().empty(); }));
  exporter.Stop();
  EXPECT_EQ(receiver_.requests()[0].Header("authorization"), "Bearer hunter2");
  EXPECT_NE(log()[0].find("its text repeats a secret"), std::string::npos) << log()[0];
  for (const std::string& line : log()) EXPECT_EQ(line.find("hunter2"), std::string::npos);
}

TEST_F(OtlpExporterTest, LogsNoPartOfALongSecret) {
  AddSeries(1);
  OtlpExporterOptions options = Options();
  const std::string secret(400, 's');
  options.headers = {{"api-key", secret}};
  receiver_.Then(Respond(401, "", "no such key: " + secret));
  Push(std::move(options));
  ASSERT_FALSE(log().empty());
  EXPECT_EQ(log()[0].find("ssss"), std::string::npos) << log()[0];
}

TEST_F(OtlpExporterTest, LogsNoWarningThatRepeatsASecret) {
  AddSeries(1);
  const std::string token = TemporaryPath("token");
  std::ofstream(token) << "hunter2";
  OtlpExporterOptions options = Options();
  options.receiver.credentials.bearer_file = token;
  receiver_.Then(Respond(200, kProtobufType, PartialSuccess(1, "key hunter2 is over its quota")));
  Push(std::move(options));
  ASSERT_FALSE(log().empty());
  EXPECT_NE(log()[0].find("its text repeats a secret"), std::string::npos) << log()[0];
  EXPECT_EQ(log()[0].find("hunter2"), std::string::npos) << log()[0];
}

TEST_F(OtlpExporterTest, HasANameWithoutTheQueryOfItsTarget) {
  OtlpExporterOptions options = Options();
  options.path = "/v1/metrics?api-key=hunter2";
  const auto name = [&] { return std::string(OtlpExporter(registry_, metrics_, options).Name()); };
  EXPECT_TRUE(name().ends_with("/v1/metrics")) << name();
  options.receiver.address.unix_socket = metrics::UnixSocket{.path = "/run/otlp.sock"};
  EXPECT_EQ(name(), "otlp+http+unix:///run/otlp.sock:/v1/metrics");
}

TEST_F(OtlpExporterTest, LogsItsNotesAtTheStart) {
  OtlpExporterOptions options = Options();
  options.notes = {"OTEL_CONFIG_FILE is set"};
  Push(std::move(options));
  ASSERT_FALSE(log().empty());
  EXPECT_NE(log()[0].find("/v1/metrics: OTEL_CONFIG_FILE is set"), std::string::npos);
}

TEST_F(OtlpExporterTest, DoesNotStartWithoutAFileThatItNeeds) {
  OtlpExporterOptions options = Options();
  options.receiver.credentials.bearer_file = "/nowhere/token";
  OtlpExporter exporter(registry_, metrics_, std::move(options));
  EXPECT_NE(exporter.Start().message().find("/nowhere/token"), std::string::npos);
}

TEST_F(OtlpExporterTest, DoesNotStartWithALabelThatAFamilyHas) {
  AddSeries(1);
  OtlpExporterOptions options = Options();
  options.labels = {{"l", "x"}};
  OtlpExporter exporter(registry_, metrics_, std::move(options));
  EXPECT_EQ(exporter.Start(), metrics::Status(metrics::StatusCode::kAlreadyExists, "the label l is one of g already"));
}

// Pushes of deltas: what is recorded before the start is in the first one.
class OtlpDeltaTest : public OtlpExporterTest {
 protected:
  OtlpDeltaTest() {
    for (int i = 0; i < kTopics; ++i) Sent(i).Increment(kCount);
  }

  static constexpr int kTopics = 50;
  static constexpr std::int64_t kCount = 3;

  metrics::Counter Sent(int topic) const { return sent_.With(std::string(80, 'x') + std::to_string(topic)); }

  // Small requests, and a push after the other.
  OtlpExporterOptions DeltaOptions() {
    OtlpExporterOptions options = Options();
    options.deltas = DeltaFamilies::kAll;
    options.request_bytes = 2'000;
    options.push.interval = milliseconds(1);
    return options;
  }

  // Pushes until so many requests have come, and at the end.
  void PushUntil(std::size_t requests, OtlpExporterOptions options) {
    OtlpExporter exporter(registry_, metrics_, std::move(options));
    ASSERT_TRUE(exporter.Start().ok());
    EXPECT_TRUE(Eventually([&] { return receiver_.requests().size() >= requests; }));
    exporter.Stop();
  }

  // The points of sent_total in a request.
  static std::vector<otlp_test::NumberDataPoint> PointsOf(const ReceivedRequest& request) {
    const otlp_test::ExportMetricsServiceRequest decoded = FromProtobuf(request.body);
    for (const otlp_test::Metric& metric : decoded.resource_metrics(0).scope_metrics(0).metrics()) {
      if (metric.name() != "sent_total") continue;
      EXPECT_EQ(metric.sum().aggregation_temporality(), otlp_test::AGGREGATION_TEMPORALITY_DELTA);
      return {metric.sum().data_points().begin(), metric.sum().data_points().end()};
    }
    return {};
  }
  static std::string TopicOf(const otlp_test::NumberDataPoint& point) {
    return point.attributes(0).value().string_value();
  }

  // What a receiver has that takes the requests but `without`: the sum of the deltas of each topic.
  std::map<std::string, std::int64_t> SumsOfRequests(const std::set<std::size_t>& without = {}) const {
    std::map<std::string, std::int64_t> sums;
    const std::vector<ReceivedRequest> requests = receiver_.requests();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (without.contains(i)) continue;
      for (const auto& point : PointsOf(requests[i])) sums[TopicOf(point)] += point.as_int();
    }
    return sums;
  }
  std::set<std::string> TopicsOf(std::size_t request) const {
    std::set<std::string> topics;
    for (const auto& point : PointsOf(receiver_.requests().at(request))) topics.insert(TopicOf(point));
    return topics;
  }

  const metrics::Family<metrics::Counter> sent_ =
      registry_.AddCounter({.name = "sent_total", .help = "S", .labels = {"topic"}}).value();
};

TEST_F(OtlpDeltaTest, SendsDeltasThatAddUpToTheValue) {
  OtlpExporter exporter(registry_, metrics_, DeltaOptions());
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return SumsOfRequests().size() == kTopics; }));
  for (int i = 0; i < kTopics; ++i) Sent(i).Increment();
  exporter.Stop();
  for (const auto& [topic, sum] : SumsOfRequests()) EXPECT_EQ(sum, kCount + 1) << topic;
}

TEST_F(OtlpDeltaTest, BeginsADeltaWhereTheLastOneEnded) {
  PushUntil(20, DeltaOptions());
  std::map<std::string, std::uint64_t> ends;
  for (const ReceivedRequest& request : receiver_.requests()) {
    for (const auto& point : PointsOf(request)) {
      const auto [end, is_first] = ends.try_emplace(TopicOf(point), point.time_unix_nano());
      EXPECT_TRUE(is_first || point.start_time_unix_nano() == end->second);
      EXPECT_GT(point.start_time_unix_nano(), 0U);
      end->second = point.time_unix_nano();
    }
  }
  EXPECT_EQ(ends.size(), static_cast<std::size_t>(kTopics));
}

// Rule: what was taken is not sent again, and what may be taken later is kept. Method: the second
// request of a push gets 503, with a time that only the last push does not wait for.
TEST_F(OtlpDeltaTest, KeepsDeltasThatMayBeTakenLater) {
  receiver_.Then(Respond(200)).Then(Respond(503, "Retry-After: 100\r\n"));
  PushUntil(2, DeltaOptions());
  const auto sums = SumsOfRequests({1});
  EXPECT_EQ(sums.size(), static_cast<std::size_t>(kTopics));
  for (const auto& [topic, sum] : sums) EXPECT_EQ(sum, kCount) << topic;
  EXPECT_FALSE(TopicsOf(0).empty());
  EXPECT_GT(Count("samples_dropped", "unavailable"), 0);
}

TEST_F(OtlpDeltaTest, SendsDeltasThatAddUpToTheValueAfterAnOutage) {
  AddOutage(receiver_, [this] { Sent(0).Increment(); });
  OtlpExporterOptions options = DeltaOptions();
  options.push.push_time = seconds(2);
  PushUntil(kOutageRequests + 1, std::move(options));
  std::set<std::size_t> lost;
  for (std::size_t i = 0; i < kOutageRequests; ++i) lost.insert(i);
  const std::string grown = TopicOf(PointsOf(receiver_.requests()[0]).at(0));
  for (const auto& [topic, sum] : SumsOfRequests(lost)) {
    EXPECT_EQ(sum, kCount + (topic == grown ? std::int64_t{kOutageRequests} : 0)) << topic;
  }
}

// Rule: the window of what was kept begins where it began before.
TEST_F(OtlpDeltaTest, KeepsTheStartOfDeltasThatMayBeTakenLater) {
  receiver_.Then(Respond(503, "Retry-After: 100\r\n"));
  PushUntil(1, DeltaOptions());
  const auto first = PointsOf(receiver_.requests().at(0)).at(0);
  const auto second = PointsOf(receiver_.requests().at(1)).at(0);
  EXPECT_EQ(TopicOf(first), TopicOf(second));
  EXPECT_EQ(first.start_time_unix_nano(), second.start_time_unix_nano());
  EXPECT_GE(second.time_unix_nano(), first.time_unix_nano());
}

// Rule: what is refused for good is dropped, and the other requests of the push go on.
TEST_F(OtlpDeltaTest, DropsDeltasThatAreRefused) {
  receiver_.Then(Respond(200)).Then(Respond(400)).Then(Respond(503, "Retry-After: 100\r\n"));
  PushUntil(3, DeltaOptions());
  const std::set<std::string> refused = TopicsOf(1);
  EXPECT_FALSE(refused.empty());
  for (const auto& [topic, sum] : SumsOfRequests({1, 2})) EXPECT_EQ(sum, refused.contains(topic) ? 0 : kCount) << topic;
  EXPECT_GE(Count("samples_dropped", "refused"), static_cast<double>(refused.size()));
}

TEST_F(OtlpDeltaTest, DropsDeltasThatAreRejected) {
  receiver_.Then(Respond(200, kProtobufType, PartialSuccess(3, "too old")));
  PushUntil(20, DeltaOptions());
  for (const auto& [topic, sum] : SumsOfRequests()) EXPECT_EQ(sum, kCount) << topic;
  EXPECT_EQ(Count("samples_dropped", "rejected"), 3);
}

// The stated doubt: a request whose response is lost may have been taken.
TEST_F(OtlpDeltaTest, CountsTwiceWhereOnlyTheResponseIsLost) {
  receiver_.Then(SendAndClose(""));
  PushUntil(20, DeltaOptions());
  const std::set<std::string> unanswered = TopicsOf(0);
  EXPECT_FALSE(unanswered.empty());
  for (const auto& [topic, sum] : SumsOfRequests()) {
    EXPECT_EQ(sum, unanswered.contains(topic) ? 2 * kCount : kCount) << topic;
  }
}

TEST_F(OtlpDeltaTest, SendsDeltasOfRecordedFamiliesAloneWhereMemoryIsLow) {
  const auto asked = registry_.AddCallbackCounter({.name = "asked_total", .help = "A"}).value();
  const auto callback = asked.Add([] { return 7.0; });
  OtlpExporterOptions options = DeltaOptions();
  options.deltas = DeltaFamilies::kRecorded;
  options.request_bytes = 1'000'000;
  PushUntil(2, std::move(options));
  const otlp_test::ExportMetricsServiceRequest last = FromProtobuf(receiver_.requests().back().body);
  const otlp_test::Sum& sum = MetricOf(last, "asked_total").sum();
  EXPECT_EQ(sum.aggregation_temporality(), otlp_test::AGGREGATION_TEMPORALITY_CUMULATIVE);
  EXPECT_EQ(sum.data_points(0).as_double(), 7);
  EXPECT_EQ(PointsOf(receiver_.requests().back()).at(0).as_int(), 0);
}

}  // namespace
}  // namespace streamhouse::exporters
