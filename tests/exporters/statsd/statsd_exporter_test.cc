#include "exporters/statsd/statsd_exporter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exporters/push/push_metrics.h"
#include "exporters/statsd/dogstatsd_fields.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/counter.h"
#include "metrics_core/host_port.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/registry.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/statsd/datagram_receiver.h"
#include "tests/support/eventually.h"
#include "tests/support/short_folder.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using std::chrono::milliseconds;
using Kind = DatagramReceiver::Kind;
using Reading = DatagramReceiver::Reading;

class StatsdExporterTest : public testing::Test {
 protected:
  static StatsdExporterOptions OptionsFor(const DatagramReceiver& receiver,
                                          milliseconds interval = std::chrono::hours(1)) {
    return {.address = receiver.address(), .push = {.interval = interval}};
  }
  // Starts and stops: one push.
  void PushOnce(StatsdExporterOptions options) {
    StatsdExporter exporter(registry_, metrics_, std::move(options));
    ASSERT_TRUE(exporter.Start().ok());
    exporter.Stop();
  }
  std::optional<double> Counted(const std::string& name, metrics::testing::LabelPairs labels = {}) const {
    return metrics::testing::MetricReader(counted_).Value("streamhouse_exporter_" + name, labels);
  }
  std::uint64_t FailedPushes() const {
    return static_cast<std::uint64_t>(Counted("pushes_total", {{"outcome", "failed"}}).value_or(0));
  }

  mutable metrics::Registry counted_;
  const PushMetrics metrics_ = PushMetrics::Register(counted_).value();
  metrics::Registry registry_;
  const metrics::Counter sent_ = registry_.AddCounter({.name = "sent_total", .help = "Sent"}).value().With();
};

TEST_F(StatsdExporterTest, SendsTheCountsSinceTheLastPush) {
  DatagramReceiver receiver(Kind::kUnix);
  StatsdExporter exporter(registry_, metrics_, OptionsFor(receiver, milliseconds(1)));
  ASSERT_TRUE(exporter.Start().ok());
  sent_.Increment(3);
  EXPECT_TRUE(Eventually([&] { return receiver.CountOf("sent_total") == 3; }));
  sent_.Increment(4);
  exporter.Stop();
  receiver.Away();
  EXPECT_EQ(receiver.datagrams(), (std::vector<std::string>{"sent_total:3|c", "sent_total:4|c"}));
  receiver.Back();
}

TEST_F(StatsdExporterTest, SendsTagsWhereItIsToldTo) {
  DatagramReceiver receiver(Kind::kUnix);
  registry_.AddGauge({.name = "load", .help = "Load", .labels = {"node"}}).value().With("a").Set(2);
  StatsdExporterOptions options = OptionsFor(receiver);
  options.dialect = StatsdDialect::kDogStatsd;
  options.labels = {{"zone", "b"}};
  PushOnce(std::move(options));
  receiver.Away();
  EXPECT_EQ(receiver.datagrams(), std::vector<std::string>{"load:2|g|#node:a,zone:b"});
  receiver.Back();
}

std::int64_t SecondOf(const std::string& line) {
  return std::stoll(line.substr(line.rfind("|T") + 2));
}

TEST_F(StatsdExporterTest, SaysWhenItsValuesWereTaken) {
  DatagramReceiver receiver(Kind::kUnix);
  StatsdExporterOptions options = OptionsFor(receiver);
  options.dialect = StatsdDialect::kDogStatsd;
  options.timestamps = StatsdTimestamps::kOn;
  sent_.Increment(3);
  const std::int64_t before = std::time(nullptr);
  PushOnce(std::move(options));
  receiver.Away();
  ASSERT_EQ(receiver.datagrams().size(), 1U);
  const std::string line = receiver.datagrams().front();
  EXPECT_TRUE(line.starts_with("sent_total:3|c|T")) << line;
  EXPECT_GE(SecondOf(line), before);
  EXPECT_LE(SecondOf(line), std::time(nullptr));
  receiver.Back();
}

// The last push may come right after another one: a receiver would take its values in place of the
// first.
TEST_F(StatsdExporterTest, SaysAnotherSecondInEachPush) {
  DatagramReceiver receiver(Kind::kUnix);
  StatsdExporterOptions options = OptionsFor(receiver, kTimestampIntervalMin);
  options.dialect = StatsdDialect::kDogStatsd;
  options.timestamps = StatsdTimestamps::kOn;
  StatsdExporter exporter(registry_, metrics_, std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  sent_.Increment(3);
  EXPECT_TRUE(Eventually([&] { return !receiver.datagrams().empty(); }));
  sent_.Increment(4);
  exporter.Stop();
  receiver.Away();
  ASSERT_EQ(receiver.datagrams().size(), 2U);
  EXPECT_LT(SecondOf(receiver.datagrams().front()), SecondOf(receiver.datagrams().back()));
  receiver.Back();
}

TEST_F(StatsdExporterTest, TellsOfWhichContainerItsLinesAre) {
  DatagramReceiver receiver(Kind::kUnix);
  const ShortFolder folder;
  const std::string id(64, 'c');
  std::ofstream(folder.File("cgroup")) << "0::/docker/" << id << "\n";
  StatsdExporterOptions options = OptionsFor(receiver);
  options.dialect = StatsdDialect::kDogStatsd;
  options.origin = DogStatsdOrigin{.entity_id = "pod", .files = {.cgroups = folder.File("cgroup")}};
  sent_.Increment(3);
  PushOnce(std::move(options));
  receiver.Away();
  EXPECT_EQ(receiver.datagrams(), std::vector<std::string>{"sent_total:3|c|#dd.internal.entity_id:pod|c:" + id});
  receiver.Back();
}

TEST_F(StatsdExporterTest, LogsThatItKnowsNoContainer) {
  DatagramReceiver receiver(Kind::kUnix);
  std::vector<std::string> lines;
  StatsdExporterOptions options = OptionsFor(receiver);
  options.dialect = StatsdDialect::kDogStatsd;
  options.origin = DogStatsdOrigin{.files = {.cgroups = "/nosuch", .mounts = "/nosuch", .cgroup_namespace = "/nosuch"}};
  options.push.log = [&](std::string_view line) { lines.emplace_back(line); };
  PushOnce(std::move(options));
  EXPECT_EQ(lines, std::vector<std::string>{"statsd+unix://" + receiver.path() +
                                            ": lines tell no origin: this process is in no container that it can see"});
}

TEST_F(StatsdExporterTest, RefusesFieldsThatItsOtherOptionsDoNotSuit) {
  DatagramReceiver receiver(Kind::kUnix);
  const auto refusal = [&](const StatsdExporterOptions& options) {
    return StatsdExporter(registry_, metrics_, options).Start();
  };
  StatsdExporterOptions options = OptionsFor(receiver);
  options.timestamps = StatsdTimestamps::kOn;
  EXPECT_EQ(refusal(options), metrics::InvalidField("timestamps", "needs the dialect dogstatsd"));
  options.dialect = StatsdDialect::kDogStatsd;
  options.push.interval = kTimestampIntervalMin - milliseconds(1);
  EXPECT_EQ(refusal(options), metrics::InvalidField("timestamps", "needs an interval of 1s or more"));
  options = OptionsFor(receiver);
  options.origin = DogStatsdOrigin{};
  EXPECT_EQ(refusal(options), metrics::InvalidField("origin", "needs the dialect dogstatsd"));
}

// Goal: no datagram is larger than a frame of the network can hold, and each that is full is sent.
TEST_F(StatsdExporterTest, SplitsAPushIntoDatagrams) {
  DatagramReceiver receiver(Kind::kUdp);
  const auto loads = registry_.AddGauge({.name = "load", .help = "Load", .labels = {"node"}}).value();
  for (int i = 0; i < 200; ++i) loads.With(std::to_string(i)).Set(i);
  PushOnce(OptionsFor(receiver));
  EXPECT_TRUE(Eventually([&] { return receiver.GaugeOf("load.node.199") == "199"; }));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(receiver.GaugeOf("load.node." + std::to_string(i)), std::to_string(i));
  for (const std::string& datagram : receiver.datagrams()) EXPECT_LE(datagram.size(), kStatsdUdpBytes);
  EXPECT_LE(receiver.datagrams().size(), 3U);
}

TEST_F(StatsdExporterTest, CountsSamplesBytesAndPushes) {
  DatagramReceiver receiver(Kind::kUnix);
  sent_.Increment(5);
  PushOnce(OptionsFor(receiver));
  EXPECT_EQ(Counted("samples_sent_total"), 1);
  EXPECT_EQ(Counted("sent_bytes_total"), std::string("sent_total:5|c").size());
  EXPECT_EQ(Counted("pushes_total", {{"outcome", "ok"}}), 1);
  EXPECT_GT(Counted("last_success_timestamp_seconds"), 1.7e9);
}

TEST_F(StatsdExporterTest, CountsUdpAsSentWhereNoRefusalComes) {
  DatagramReceiver receiver(Kind::kUdp);
  sent_.Increment(5);
  PushOnce(OptionsFor(receiver));
  EXPECT_EQ(Counted("samples_sent_total"), 1);
  EXPECT_EQ(Counted("sent_bytes_total"), std::string("sent_total:5|c").size());
}

// Goal: counts are whole while the receiver goes and comes back. Method: a thread counts all the
// time; the receiver goes away until a push has failed, again and again.
TEST_F(StatsdExporterTest, LosesAndDoublesNoCountOverFailuresOfAUnixSocket) {
  DatagramReceiver receiver(Kind::kUnix);
  StatsdExporter exporter(registry_, metrics_, OptionsFor(receiver, milliseconds(1)));
  ASSERT_TRUE(exporter.Start().ok());
  std::atomic<bool> is_ending = false;
  std::uint64_t recorded = 0;
  std::thread recorder([&] {
    for (; !is_ending.load(); ++recorded) sent_.Increment();
  });
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t failed = FailedPushes();
    receiver.Away();
    EXPECT_TRUE(Eventually([&] { return FailedPushes() > failed; }));
    receiver.Back();
    const std::int64_t before = receiver.CountOf("sent_total");
    EXPECT_TRUE(Eventually([&] { return receiver.CountOf("sent_total") > before; }));
  }
  is_ending.store(true);
  recorder.join();
  exporter.Stop();
  receiver.Away();
  EXPECT_EQ(receiver.CountOf("sent_total"), static_cast<std::int64_t>(recorded));
  receiver.Back();
}

// The same with several datagrams a push: the receiver goes between two of them too.
TEST_F(StatsdExporterTest, LosesAndDoublesNoCountOfASplitPush) {
  DatagramReceiver receiver(Kind::kUnix);
  const auto family = registry_.AddCounter({.name = "kept_total", .help = "Kept", .labels = {"part"}}).value();
  const std::string part(100, 'p');
  for (int i = 0; i < 500; ++i) family.With(part + std::to_string(i)).Increment();
  StatsdExporter exporter(registry_, metrics_, OptionsFor(receiver, milliseconds(1)));
  ASSERT_TRUE(exporter.Start().ok());
  std::size_t before = 0;
  for (int turn = 0; turn < 5; ++turn) {
    EXPECT_TRUE(Eventually([&] { return receiver.datagrams().size() > before; }));
    receiver.Away();
    before = receiver.datagrams().size();
    for (int i = 0; i < 500; ++i) family.With(part + std::to_string(i)).Increment();
    receiver.Back();
  }
  exporter.Stop();
  receiver.Away();
  for (int i = 0; i < 500; ++i) EXPECT_EQ(receiver.CountOf("kept_total.part." + part + std::to_string(i)), 6) << i;
  receiver.Back();
}

// Goal: a push that ends within the lines of one series goes on there. Method: the queue is full
// after some of the datagrams of a large histogram.
TEST_F(StatsdExporterTest, LosesAndDoublesNoBucketOfASeriesThatIsSplit) {
  DatagramReceiver receiver(Kind::kUnix, Reading::kNever);
  std::vector<double> bounds;
  for (int i = 0; i < 200; ++i) bounds.push_back(i);
  const auto held = registry_.AddHistogram({.name = "held", .help = "Held", .labels = {"a", "b"}},
                                           metrics::BucketBounds::From(std::move(bounds)).value());
  const std::string half(900, 'h');
  const std::string labels = ".a." + half + ".b." + half;
  held.value().With(half, half).Observe(-1);
  StatsdExporterOptions options = OptionsFor(receiver, milliseconds(1));
  options.push.push_time = milliseconds(50);
  StatsdExporter exporter(registry_, metrics_, std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  EXPECT_TRUE(Eventually([&] { return FailedPushes() > 0; }));
  receiver.StartReading();
  EXPECT_TRUE(Eventually([&] { return receiver.CountOf("held_count" + labels) > 0; }));
  exporter.Stop();
  receiver.Away();
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(receiver.CountOf("held_bucket" + labels + ".le." + std::to_string(i) + "_0"), 1) << i;
  }
  EXPECT_EQ(receiver.CountOf("held_count" + labels), 1);
  receiver.Back();
}

TEST_F(StatsdExporterTest, SendsByUdpWhatWasCountedWhileTheReceiverWasUnreachable) {
  DatagramReceiver receiver(Kind::kUdp);
  receiver.Away();
  StatsdExporter exporter(registry_, metrics_, OptionsFor(receiver, milliseconds(50)));
  ASSERT_TRUE(exporter.Start().ok());
  sent_.Increment(5);
  EXPECT_TRUE(Eventually([&] { return FailedPushes() > 0; }));
  sent_.Increment(7);
  EXPECT_TRUE(Eventually([&, failed = FailedPushes()] { return FailedPushes() > failed; }));
  receiver.Back();
  EXPECT_TRUE(Eventually([&] { return receiver.CountOf("sent_total") >= 12; }));
  exporter.Stop();
  EXPECT_EQ(receiver.CountOf("sent_total"), 12);
  EXPECT_GE(Counted("samples_dropped_total", {{"reason", "unreachable"}}), 2);
}

TEST_F(StatsdExporterTest, FindsAReceiverThatHasTakenThePathOfAnother) {
  DatagramReceiver receiver(Kind::kUnix);
  StatsdExporter exporter(registry_, metrics_, OptionsFor(receiver, milliseconds(1)));
  ASSERT_TRUE(exporter.Start().ok());
  sent_.Increment();
  EXPECT_TRUE(Eventually([&] { return receiver.CountOf("sent_total") == 1; }));
  receiver.Away();
  receiver.Back();
  sent_.Increment();
  EXPECT_TRUE(Eventually([&] { return receiver.CountOf("sent_total") == 2; }));
  EXPECT_EQ(FailedPushes(), 0U);
  EXPECT_EQ(Counted("retries_total"), 1);
}

TEST_F(StatsdExporterTest, CountsAndLogsAFullQueue) {
  DatagramReceiver receiver(Kind::kUnix, Reading::kNever);
  const auto loads = registry_.AddGauge({.name = "load", .help = "Load", .labels = {"node"}}).value();
  const std::string name(1000, 'n');
  for (int i = 0; i < 400; ++i) loads.With(name + std::to_string(i)).Set(i);
  std::vector<std::string> lines;
  StatsdExporterOptions options = OptionsFor(receiver);
  options.push.push_time = milliseconds(50);
  options.push.log = [&](std::string_view line) { lines.emplace_back(line); };
  PushOnce(std::move(options));
  const double dropped = Counted("samples_dropped_total", {{"reason", "unavailable"}}).value_or(0);
  EXPECT_GT(dropped, 0);
  EXPECT_EQ(Counted("samples_sent_total").value_or(0) + dropped, 400);
  EXPECT_EQ(lines, std::vector<std::string>{"statsd+unix://" + receiver.path() +
                                            ": pushes fail: the receiver's queue is full"});
}

TEST_F(StatsdExporterTest, DoesNotStartWithTwoFamiliesOfOneName) {
  DatagramReceiver receiver(Kind::kUnix);
  const auto other = registry_.AddGauge({.name = "sent:total", .help = "Other"});
  StatsdExporter exporter(registry_, metrics_, OptionsFor(receiver));
  EXPECT_EQ(exporter.Start(), Status(StatusCode::kAlreadyExists, "sent:total: another family has its StatsD name"));
}

TEST_F(StatsdExporterTest, LeavesOutLaterFamiliesAndSeriesWhoseNameIsTaken) {
  DatagramReceiver receiver(Kind::kUnix);
  std::vector<std::string> lines;
  StatsdExporterOptions options = OptionsFor(receiver, milliseconds(1));
  options.push.log = [&](std::string_view line) { lines.emplace_back(line); };
  const auto loads = registry_.AddGauge({.name = "load", .help = "Load", .labels = {"node"}}).value();
  StatsdExporter exporter(registry_, metrics_, std::move(options));
  ASSERT_TRUE(exporter.Start().ok());
  registry_.AddGauge({.name = "sent:total", .help = "Other"}).value().With().Set(1);
  for (const char* const node : {"a.b", "a,b"}) loads.With(node).Set(1);
  const std::pair<std::string_view, std::string_view> reason("reason", "name_is_taken");
  EXPECT_TRUE(Eventually([&] { return Counted("samples_dropped_total", {reason}).value_or(0) > 2; }));
  exporter.Stop();
  EXPECT_GT(Counted("families_left_out_total", {{"family", "sent:total"}, reason}), 2);
  const std::string name = "statsd+unix://" + receiver.path();
  EXPECT_EQ(lines, (std::vector<std::string>{
                       name + ": sent:total: another family has its StatsD name",
                       name + ": load: two of its series have one StatsD name, and the second is left out"}));
}

TEST_F(StatsdExporterTest, CountsLinesThatNoDatagramCanHold) {
  DatagramReceiver receiver(Kind::kUdp);
  const std::string half(kStatsdUdpBytes / 2, 'a');
  registry_.AddGauge({.name = "load", .help = "Load", .labels = {"a", "b"}}).value().With(half, half).Set(1);
  PushOnce(OptionsFor(receiver));
  EXPECT_EQ(Counted("samples_dropped_total", {{"reason", "too_large"}}), 1);
}

TEST_F(StatsdExporterTest, RefusesLabelsThatAFamilyHas) {
  DatagramReceiver receiver(Kind::kUnix);
  const auto loads = registry_.AddGauge({.name = "load", .help = "Load", .labels = {"node"}});
  StatsdExporterOptions options = OptionsFor(receiver);
  options.labels = {{"node", "a"}};
  EXPECT_EQ(StatsdExporter(registry_, metrics_, options).Start().code(), StatusCode::kAlreadyExists);
  options.labels = {};
  options.address = metrics::UnixSocket{.path = "/" + std::string(200, 'a')};
  EXPECT_EQ(StatsdExporter(registry_, metrics_, options).Start().field(), "path");
}

TEST_F(StatsdExporterTest, ItsNameIsTheSchemeAndTheAddress) {
  const auto name = [&](metrics::SocketAddress address) {
    return std::string(StatsdExporter(registry_, metrics_, {.address = std::move(address)}).Name());
  };
  EXPECT_EQ(name(metrics::HostPort{.host = "127.0.0.1", .port = 8125}), "statsd://127.0.0.1:8125");
  EXPECT_EQ(name(metrics::HostPort{.host = "::1", .port = 1}), "statsd://[::1]:1");
  EXPECT_EQ(name(metrics::UnixSocket{.path = "/run/a.sock"}), "statsd+unix:///run/a.sock");
}

}  // namespace
}  // namespace streamhouse::exporters
