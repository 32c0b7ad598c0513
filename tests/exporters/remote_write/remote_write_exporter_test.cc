#include "exporters/remote_write/remote_write_exporter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporters/push/push_metrics.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/version_choice.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/mutex.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/remote_write/remote_write_receiver.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/receiver_outage.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/eventually.h"
#include "tests/support/held_port.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kQuick{1};
constexpr milliseconds kNever = std::chrono::hours(1);

// Samples of decoded requests, without times and labels: "n_total{l="1"} 7".
std::string Values(const ReceivedRequest& request) {
  std::string values;
  for (const std::string& line : Decoded(request).lines) values += line.substr(0, line.find(" @")) + ";";
  return values;
}

// Of the first sample.
std::int64_t TimeOf(const ReceivedRequest& request) {
  const std::string line = Decoded(request).lines.at(0);
  return std::stoll(line.substr(line.find('@') + 1));
}

class RemoteWriteExporterTest : public testing::Test {
 protected:
  RemoteWriteExporterTest() { family_.With("1").Increment(7); }

  RemoteWriteOptions Options(milliseconds interval = kNever) {
    RemoteWriteOptions options = {.receiver = {.address = {.host = "127.0.0.1", .port = receiver_.port()}}};
    options.push = {.interval = interval, .log = [this](std::string_view line) {
                      const metrics::MutexLock lock(mutex_);
                      log_.append(line).append("\n");
                    }};
    return options;
  }
  RemoteWriteExporter& Start(RemoteWriteOptions options) {
    exporter_.emplace(registry_, PushMetrics(), std::move(options));
    EXPECT_TRUE(exporter_->Start().ok());
    return *exporter_;
  }
  std::vector<ReceivedRequest> Wait(std::size_t requests) {
    EXPECT_TRUE(Eventually([&] { return receiver_.requests().size() >= requests; }));
    return receiver_.requests();
  }
  std::string Log() {
    const metrics::MutexLock lock(mutex_);
    return log_;
  }

  metrics::Registry registry_;
  const metrics::Family<metrics::Counter> family_ =
      registry_.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  ScriptedReceiver receiver_;
  metrics::Mutex mutex_;
  std::string log_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::optional<RemoteWriteExporter> exporter_;
};

TEST_F(RemoteWriteExporterTest, PushesAtTheEndAndEndsItsSeries) {
  receiver_.Then(Stored(1)).Then(Stored(1));
  Start(Options()).Stop();
  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(Values(requests[0]), "n_total{l=\"1\"} 7;");
  EXPECT_EQ(Values(requests[1]), "n_total{l=\"1\"} stale;");
}

TEST_F(RemoteWriteExporterTest, StaleMarkersAreLaterThanTheLastSample) {
  receiver_.Then(Stored(1)).Then(Stored(1));
  Start(Options()).Stop();
  EXPECT_GT(TimeOf(receiver_.requests().at(1)), TimeOf(receiver_.requests().at(0)));
}

TEST_F(RemoteWriteExporterTest, EndsItsSeriesWhereOneSampleIsRefused) {
  family_.With("2").Increment(1);
  receiver_.Then(Stored(1, 400)).Then(Stored(2));
  Start(Options()).Stop();
  const auto requests = receiver_.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(Values(requests[1]), "n_total{l=\"1\"} stale;n_total{l=\"2\"} stale;");
}

TEST_F(RemoteWriteExporterTest, EndsItsSeriesWhereTheLastPushIsRefused) {
  receiver_.Then(Respond(204));
  for (int i = 0; i < 100; ++i) receiver_.Then(Respond(400));
  RemoteWriteOptions options = Options(kQuick);
  options.version = RemoteWriteVersion::k1;
  RemoteWriteExporter& exporter = Start(std::move(options));
  Wait(2);
  exporter.Stop();
  const auto requests = receiver_.requests();
  EXPECT_EQ(Values(requests.back()), "n_total{l=\"1\"} stale;");
  EXPECT_GT(TimeOf(requests.back()), TimeOf(requests.at(requests.size() - 2)));
}

TEST_F(RemoteWriteExporterTest, EndsItsSeriesIn1WhereTheEndFallsBack) {
  receiver_.Then(Stored(1)).Then(Respond(204)).Then(Respond(204));
  Start(Options()).Stop();
  const auto requests = receiver_.requests();
  EXPECT_EQ(Versions(requests), "221");
  EXPECT_EQ(Values(requests.back()), "n_total{l=\"1\"} stale;");
}

TEST_F(RemoteWriteExporterTest, EndsASeriesThatIsGone) {
  family_.With("2").Increment(1);
  receiver_.Then(Stored(2)).Then({.run = [this](ScriptedConnection& connection) {
    family_.Remove("1");
    Stored(2).run(connection);
  }});
  for (int i = 0; i < 100; ++i) receiver_.Then(Stored(2));
  Start(Options(kQuick));
  EXPECT_EQ(Values(Wait(4).at(2)), "n_total{l=\"1\"} stale;n_total{l=\"2\"} 1;");
  EXPECT_EQ(Values(Wait(4).at(3)), "n_total{l=\"2\"} 1;");
}

TEST_F(RemoteWriteExporterTest, SendsTheWholeCountAndEndsSeriesAfterAnOutage) {
  family_.With("2").Increment(1);
  receiver_.Then(Stored(2));
  AddOutage(receiver_, [this] {
    family_.With("1").Increment();
    family_.Remove("2");
  });
  for (int i = 0; i < 100; ++i) receiver_.Then(Stored(2));
  RemoteWriteOptions options = Options(kQuick);
  options.push.push_time = std::chrono::seconds(2);
  Start(std::move(options));
  const auto requests = Wait(kOutageRequests + 3);
  EXPECT_EQ(Values(requests.at(kOutageRequests + 1)), "n_total{l=\"2\"} stale;n_total{l=\"1\"} 13;");
  EXPECT_EQ(Values(requests.at(kOutageRequests + 2)), "n_total{l=\"1\"} 13;") << "a marker is sent once";
}

TEST_F(RemoteWriteExporterTest, SendsTheSamePushAgainAfterAFallBack) {
  receiver_.Then(Respond(415));
  Start(Options()).Stop();
  const auto requests = receiver_.requests();
  EXPECT_EQ(Versions(requests), "211");
  EXPECT_EQ(Values(requests.at(1)), "n_total{l=\"1\"} 7;");
  EXPECT_EQ(Values(requests.at(2)), "n_total{l=\"1\"} stale;");
}

TEST_F(RemoteWriteExporterTest, LogsAFallBackOnce) {
  const std::string name(Start(Options(kQuick)).Name());
  Wait(5);
  EXPECT_EQ(Versions(Wait(5)).substr(0, 5), "21111");
  EXPECT_EQ(Log(), name + ": the receiver does not know remote write 2.0, and gets 1.0\n");
}

TEST_F(RemoteWriteExporterTest, LogsNoSecondFallBackAfterTheReceiverWasUnreachable) {
  receiver_.Then(Respond(204)).Then(Respond(204)).Then(SendAndReset("")).Then(SendAndReset(""));
  RemoteWriteOptions options = Options(kQuick);
  options.push.push_time = milliseconds(100);
  Start(std::move(options));
  EXPECT_TRUE(Eventually([this] {
    const std::string versions = Versions(receiver_.requests());
    return versions.find("21") != versions.rfind("21");
  }));
  EXPECT_EQ(Log().find("gets 1.0"), Log().rfind("gets 1.0"));
}

TEST_F(RemoteWriteExporterTest, HasTheVersionThatItsOptionSays) {
  RemoteWriteOptions options = Options();
  options.version = RemoteWriteVersion::k1;
  Start(std::move(options)).Stop();
  EXPECT_EQ(Versions(receiver_.requests()), "11");
}

TEST_F(RemoteWriteExporterTest, ShowsExponentialHistogramsByItsVersion) {
  registry_.AddExponentialHistogram({.name = "wait", .help = "W"}, Bounds({1})).value().With().Observe(1);
  receiver_.Then(Respond(204));
  Start(Options()).Stop();
  const auto requests = receiver_.requests();
  EXPECT_NE(Values(requests.at(0)).find("wait{} histogram count=1"), std::string::npos);
  EXPECT_NE(Values(requests.at(1)).find("wait_bucket{le=\"1.0\"} 1;wait_bucket{le=\"+Inf\"} 1;"), std::string::npos);
}

TEST_F(RemoteWriteExporterTest, EndsClassicBucketsWhenTheVersionIs2Again) {
  registry_.AddExponentialHistogram({.name = "wait", .help = "W"}, Bounds({1})).value().With().Observe(1);
  receiver_.Then(Respond(415)).Then(Respond(204)).Then(SendAndReset("")).Then(SendAndReset(""));
  for (int i = 0; i < 100; ++i) receiver_.Then(Stored(6));
  RemoteWriteOptions options = Options(kQuick);
  options.push.push_time = milliseconds(200);  // shorter than the delay of a retry
  Start(std::move(options));
  const auto new_one = [this] { return Versions(receiver_.requests()).find('2', 1); };
  ASSERT_TRUE(Eventually([&] { return new_one() != std::string::npos; }));
  const std::string values = Values(receiver_.requests().at(new_one()));
  EXPECT_NE(values.find("wait_bucket{le=\"1.0\"} stale;"), std::string::npos) << values;
  EXPECT_NE(values.find("wait{} histogram count=1"), std::string::npos) << values;
}

TEST_F(RemoteWriteExporterTest, ShowsExponentialHistogramsAsItsOptionSays) {
  registry_.AddExponentialHistogram({.name = "wait", .help = "W"}, Bounds({1})).value().With().Observe(1);
  RemoteWriteOptions options = Options();
  options.version = RemoteWriteVersion::k1;
  options.exponential = ExponentialUse::kNative;
  Start(std::move(options)).Stop();
  EXPECT_NE(Values(receiver_.requests().at(0)).find("wait{} histogram count=1"), std::string::npos);
}

TEST_F(RemoteWriteExporterTest, EscapesNamesFor1) {
  metrics::Registry utf8({.names = metrics::NameRules::kUtf8});
  utf8.AddGauge({.name = "a.b", .help = "A", .labels = {"c.d"}}).value().With("e").Set(1);
  RemoteWriteOptions options = Options();
  options.version = RemoteWriteVersion::k1;
  RemoteWriteExporter exporter(utf8, PushMetrics(), std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  exporter.Stop();
  EXPECT_EQ(Values(receiver_.requests().at(0)), "a_b{c_d=\"e\"} 1;");
}

TEST_F(RemoteWriteExporterTest, AddsItsLabels) {
  RemoteWriteOptions options = Options();
  options.labels = {{"job", "relay"}};
  receiver_.Then(Stored(1)).Then(Stored(1));
  Start(std::move(options)).Stop();
  EXPECT_EQ(Values(receiver_.requests().at(0)), "n_total{job=\"relay\",l=\"1\"} 7;");
}

TEST_F(RemoteWriteExporterTest, SendsAnExemplarOnce) {
  const auto counter =
      registry_.AddCounter({.name = "e_total", .help = "E", .exemplars = metrics::Exemplars::kSampled}).value().With();
  counter.Increment(1, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  for (int i = 0; i < 100; ++i) receiver_.Then(Stored(2));
  Start(Options(kQuick));
  std::string values;
  for (const ReceivedRequest& request : Wait(4)) values += Values(request);
  EXPECT_EQ(values.find(" exemplar "), values.rfind(" exemplar "));
  EXPECT_NE(values.find(" exemplar "), std::string::npos);
}

TEST_F(RemoteWriteExporterTest, StartsWithoutItsReceiverAndStopsInTime) {
  const HeldPort closed;
  RemoteWriteOptions options = Options(kQuick);
  options.receiver.address.port = closed.number();
  options.push.push_time = milliseconds(200);
  RemoteWriteExporter& exporter = Start(std::move(options));
  EXPECT_TRUE(Eventually([this] { return !Log().empty(); }));
  const auto begin = std::chrono::steady_clock::now();
  exporter.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(RemoteWriteExporterTest, StopsInTimeWhileTheReceiverIsSilent) {
  for (int i = 0; i < 10; ++i) receiver_.Then(ReadNothing());
  RemoteWriteOptions options = Options();
  options.push.push_time = milliseconds(100);
  RemoteWriteExporter& exporter = Start(std::move(options));
  const auto begin = std::chrono::steady_clock::now();
  exporter.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(RemoteWriteExporterTest, NamesItsReceiver) {
  RemoteWriteExporter exporter(registry_, PushMetrics(), Options());
  EXPECT_EQ(exporter.Name(), "prw+http://127.0.0.1:" + std::to_string(receiver_.port()) + "/api/v1/write");
  RemoteWriteOptions secure = Options();
  secure.receiver.address.tls.emplace();
  EXPECT_TRUE(RemoteWriteExporter(registry_, PushMetrics(), secure).Name().starts_with("prw+https://"));
}

TEST_F(RemoteWriteExporterTest, RefusesLabelsOfAFamilyAndAnIntervalOfZero) {
  RemoteWriteOptions taken = Options();
  taken.labels = {{"l", "x"}};
  EXPECT_EQ(RemoteWriteExporter(registry_, PushMetrics(), taken).Start().code(), metrics::StatusCode::kAlreadyExists);
  EXPECT_EQ(RemoteWriteExporter(registry_, PushMetrics(), Options(milliseconds(0))).Start(),
            metrics::InvalidField("interval", "must be more than 0"));
}

}  // namespace
}  // namespace streamhouse::exporters
