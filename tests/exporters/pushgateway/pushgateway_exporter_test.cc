#include "exporters/pushgateway/pushgateway_exporter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/push/push_metrics.h"
#include "exporters/pushgateway/grouping_key.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/receiver_outage.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class PushgatewayExporterTest : public testing::Test {
 protected:
  PushgatewayOptions Options(milliseconds interval = std::chrono::hours(1)) const {
    return {.receiver = {.address = {.host = "127.0.0.1", .port = gateway_.port()}},
            .group = ParseGroupingKey("/job/test/path@base64/L3Zhcg").value(),
            .push = {.interval = interval}};
  }
  // Starts and stops: one push.
  void PushOnce(PushgatewayOptions options, const PushMetrics& metrics = PushMetrics()) {
    PushgatewayExporter exporter(registry_, metrics, std::move(options));
    ASSERT_TRUE(exporter.Start().ok());
    exporter.Stop();
  }
  std::string Name() const { return "pushgateway+http://127.0.0.1:" + std::to_string(gateway_.port()); }

  ScriptedReceiver gateway_;
  metrics::Registry registry_;
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
};

TEST_F(PushgatewayExporterTest, PutsThePageAsProtobufToTheGroup) {
  sent_.Increment(3);
  PushOnce(Options());
  ASSERT_EQ(gateway_.requests().size(), 1U);
  const ReceivedRequest put = gateway_.requests().at(0);
  EXPECT_EQ(put.method + " " + put.path, "PUT /metrics/job/test/path@base64/L3Zhcg");
  EXPECT_EQ(put.Header("content-type"),
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");
  EXPECT_EQ(put.body, PageOf<ProtobufEncoder>(registry_));
}

TEST_F(PushgatewayExporterTest, PushesAgainAndAgainAndAtTheEnd) {
  PushgatewayExporter exporter(registry_, PushMetrics(), Options(milliseconds(1)));
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return gateway_.requests().size() >= 3; }));
  sent_.Increment(7);
  exporter.Stop();
  EXPECT_EQ(gateway_.requests().back().body, PageOf<ProtobufEncoder>(registry_));
  EXPECT_EQ(gateway_.connections(), 1U);
}

TEST_F(PushgatewayExporterTest, PutsTheWholeCountAfterAnOutage) {
  AddOutage(gateway_, [this] { sent_.Increment(); });
  PushgatewayOptions options = Options(milliseconds(1));
  options.push.push_time = std::chrono::seconds(2);
  PushgatewayExporter exporter(registry_, PushMetrics(), options);
  ASSERT_TRUE(exporter.Start().ok());
  ASSERT_TRUE(Eventually([&] { return gateway_.requests().size() > kOutageRequests; }));
  EXPECT_EQ(gateway_.requests()[kOutageRequests].body, PageOf<ProtobufEncoder>(registry_));
  EXPECT_EQ(metrics::testing::MetricReader(registry_).Value("sent_total"), double{kOutageRequests});
  exporter.Stop();
}

TEST_F(PushgatewayExporterTest, PostsWhereItIsToldTo) {
  PushgatewayOptions options = Options();
  options.method = PushMethod::kPost;
  PushOnce(std::move(options));
  EXPECT_EQ(gateway_.requests().at(0).method, "POST");
}

TEST_F(PushgatewayExporterTest, DeletesTheGroupAtTheEndWhereItIsToldTo) {
  gateway_.Then(Respond(202));
  PushgatewayOptions options = Options();
  options.at_end = AtEnd::kDelete;
  PushOnce(std::move(options));
  ASSERT_EQ(gateway_.requests().size(), 1U);
  const ReceivedRequest deleted = gateway_.requests().at(0);
  EXPECT_EQ(deleted.method + " " + deleted.path + deleted.body, "DELETE /metrics/job/test/path@base64/L3Zhcg");
}

TEST_F(PushgatewayExporterTest, DoesNotStartWithAFamilyThatHasALabelOfTheGroup) {
  const auto runs = registry_.AddCounter({.name = "runs_total", .help = "Runs", .labels = {"job"}});
  PushgatewayExporter exporter(registry_, PushMetrics(), Options());
  EXPECT_EQ(exporter.Start(), Status(StatusCode::kAlreadyExists, "the label job is one of runs_total already"));
}

TEST_F(PushgatewayExporterTest, LeavesOutAFamilyThatComesLaterWithALabelOfTheGroup) {
  metrics::Registry counted;
  PushgatewayExporter exporter(registry_, PushMetrics::Register(counted).value(), Options());
  ASSERT_TRUE(exporter.Start().ok());
  const std::string page = PageOf<ProtobufEncoder>(registry_);
  const auto runs = registry_.AddCounter({.name = "runs_total", .help = "Runs", .labels = {"path"}}).value().With("a");
  exporter.Stop();
  EXPECT_EQ(gateway_.requests().at(0).body, page);
  EXPECT_EQ(metrics::testing::MetricReader(counted).Value(
                "streamhouse_exporter_families_left_out_total",
                {{"exporter", "pushgateway"}, {"family", "runs_total"}, {"reason", "group_label"}}),
            1);
}

TEST_F(PushgatewayExporterTest, LeavesOutALaterStateSetThatIsNamedAsALabelOfTheGroup) {
  metrics::Registry counted;
  PushgatewayExporter exporter(registry_, PushMetrics::Register(counted).value(), Options());
  ASSERT_TRUE(exporter.Start().ok());
  const std::string page = PageOf<ProtobufEncoder>(registry_);
  const auto path = registry_.AddStateSet({.name = "path", .help = "Path"}, {"on"}).value().With();
  exporter.Stop();
  EXPECT_EQ(gateway_.requests().at(0).body, page);
  EXPECT_EQ(metrics::testing::MetricReader(counted).Value(
                "streamhouse_exporter_families_left_out_total",
                {{"exporter", "pushgateway"}, {"family", "path"}, {"reason", "group_label"}}),
            1);
}

TEST_F(PushgatewayExporterTest, CountsSamplesThatAreTakenOrDropped) {
  metrics::Registry counted;
  gateway_.Then(Respond(400, "", "inconsistent"));
  PushOnce(Options(), PushMetrics::Register(counted).value());
  PushOnce(Options(), PushMetrics::Register(counted).value());
  const metrics::testing::MetricReader reader(counted);
  EXPECT_EQ(
      reader.Value("streamhouse_exporter_samples_dropped_total", {{"exporter", "pushgateway"}, {"reason", "refused"}}),
      1);
  EXPECT_EQ(reader.Value("streamhouse_exporter_samples_sent_total", {{"exporter", "pushgateway"}}), 1);
}

TEST_F(PushgatewayExporterTest, LogsWhyItsPushesFail) {
  gateway_.Then(Respond(400, "", "inconsistent"));
  std::vector<std::string> lines;
  PushgatewayOptions options = Options();
  options.push.log = [&](std::string_view line) { lines.emplace_back(line); };
  PushOnce(std::move(options));
  EXPECT_EQ(lines, (std::vector<std::string>{Name() + "/job/test/path@base64/L3Zhcg: pushes fail: the receiver answers "
                                                      "400: inconsistent"}));
}

TEST_F(PushgatewayExporterTest, SaysThatItsGroupStaysWhereItIsNotDeleted) {
  gateway_.Then(Respond(400, "", "no"));
  std::vector<std::string> lines;
  PushgatewayOptions options = Options();
  options.at_end = AtEnd::kDelete;
  options.push.log = [&](std::string_view line) { lines.emplace_back(line); };
  PushOnce(std::move(options));
  EXPECT_EQ(lines, (std::vector<std::string>{Name() + "/job/test/path@base64/L3Zhcg: pushes fail: the group is not "
                                                      "deleted, and stays: the receiver answers 400: no"}));
}

TEST_F(PushgatewayExporterTest, DoesNotStartWithoutItsFiles) {
  PushgatewayOptions options = Options();
  options.receiver.credentials.bearer_file = "/no such file";
  PushgatewayExporter exporter(registry_, PushMetrics(), options);
  EXPECT_EQ(exporter.Start(),
            Status(StatusCode::kFailedPrecondition, "cannot use /no such file: No such file or directory"));
  options.receiver.credentials = {};
  options.receiver.address.tls = ReceiverTlsFiles{.ca = "/no such file"};
  EXPECT_EQ(PushgatewayExporter(registry_, PushMetrics(), options).Start().code(), StatusCode::kFailedPrecondition);
}

// Goal: Stop() takes two pushes at most, however the gateway behaves. Method: one push runs into a
// gateway that stalls, and so does the last.
class PushgatewayStopTest : public PushgatewayExporterTest, public testing::WithParamInterface<const char*> {
 protected:
  static ScriptStep Stalling(std::string_view how) {
    if (how == "Slow") return ReadNothing();
    if (how == "Silent") return SendAndWait("");
    if (how == "HalfWay") return SendAndWait("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    if (how == "Busy") return Respond(503, "Retry-After: 100\r\n");
    return {[](ScriptedConnection& connection) {
      connection.Send("HTTP/1.1 200 OK\r\n\r\n");
      connection.SendEndlessly("x");
    }};
  }
};

TEST_P(PushgatewayStopTest, TakesTheTimeOfTwoPushesAtMost) {
  for (int i = 0; i < 100; ++i) gateway_.Then(Stalling(GetParam()));
  PushgatewayOptions options = Options(milliseconds(1));
  options.push.push_time = milliseconds(300);
  PushgatewayExporter exporter(registry_, PushMetrics(), options);
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return gateway_.connections() >= 1; }));
  const auto before = steady_clock::now();
  exporter.Stop();
  constexpr milliseconds kBusyMachine{5000};
  EXPECT_LT(steady_clock::now() - before, 2 * options.push.push_time + kBusyMachine);
}

INSTANTIATE_TEST_SUITE_P(Gateways, PushgatewayStopTest, testing::Values("Slow", "Silent", "HalfWay", "Busy", "Endless"),
                         [](const auto& how) { return std::string(how.param); });

// Goal: a Retry-After is not waited for at the end, even if the push had the time for it.
TEST_F(PushgatewayExporterTest, DoesNotWaitForABusyGatewayOnceItStops) {
  for (int i = 0; i < 2; ++i) gateway_.Then(Respond(503, "Retry-After: 100\r\n"));
  PushgatewayOptions options = Options(milliseconds(1));
  options.push.push_time = std::chrono::hours(1);
  PushgatewayExporter exporter(registry_, PushMetrics(), options);
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return !gateway_.requests().empty(); }));
  const auto before = steady_clock::now();
  exporter.Stop();
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(60));
  EXPECT_EQ(gateway_.requests().size(), 2U);
}

TEST_F(PushgatewayExporterTest, ItsNameIsTheSchemeTheAddressAndTheGroup) {
  EXPECT_EQ(PushgatewayExporter(registry_, PushMetrics(), Options()).Name(), Name() + "/job/test/path@base64/L3Zhcg");
}

}  // namespace
}  // namespace streamhouse::exporters
