#include "exporters/builtin_exporters.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/push/push_loop.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/otlp/decoded_requests.h"
#include "tests/exporters/statsd/datagram_receiver.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/eventually.h"
#include "tests/support/short_folder.h"

namespace streamhouse::exporters {
namespace {

class BuiltinExportersTest : public testing::Test {
 protected:
  std::string Made(std::string_view spec) {
    auto made = exporters_.MakeExporter(spec, context_);
    return made.ok() ? std::string((*made)->Name()) : made.status().message();
  }
  // Without options, in the order of their schemes, of schemes that show families. A scheme that
  // has no line here fails.
  std::vector<std::string> SpecOfEachScheme() {
    std::vector<std::string> lines = {
        "otlp+http://127.0.0.1:1",
        "otlp+http+unix:///tmp/otlp.sock",
        "otlp+https://127.0.0.1:1",
        "otlp+https+unix:@otlp",
        "process-context://",
        "prometheus://127.0.0.1:0",
        "prometheus+unix:@builtin_exporters_test." + std::to_string(getpid()),
        "prw+http://127.0.0.1:1",
        "prw+http+unix:///tmp/prw.sock",
        "prw+https://127.0.0.1:1",
        "prw+https+unix:@prw",
        "pushgateway+http://127.0.0.1:1/job/a",
        "pushgateway+http+unix:///tmp/pushgateway.sock:/job/a",
        "pushgateway+https://127.0.0.1:1/job/a",
        "pushgateway+https+unix:@pushgateway:/job/a",
        "statsd://127.0.0.1:1",
        "statsd+unix:///tmp/statsd.sock",
        "textfile://" + path_,
    };
    std::string schemes;
    for (const std::string& line : lines) schemes += (schemes.empty() ? "" : ", ") + line.substr(0, line.find(':'));
    EXPECT_EQ(Made("nosuch://"), "exporter nosuch://: there is no scheme nosuch; there are " + schemes);
    std::erase(lines, "process-context://");  // shows no families
    return lines;
  }

  metrics::Registry registry_;
  metrics::Health health_;
  const ExporterContext context_{registry_, health_};
  const ExporterRegistry exporters_ = BuiltinExporters();
  const std::string path_ = TemporaryPath("builtin_exporters.prom");
};

TEST_F(BuiltinExportersTest, MakesServers) {
  EXPECT_EQ(Made("prometheus://"), "prometheus://127.0.0.1:8080");
  EXPECT_EQ(
      Made("prometheus://0.0.0.0:9000?connections=7&scrapes=1&head_time=1s&idle_time=2m&write_time=5s&page_time=9s"),
      "prometheus://0.0.0.0:9000");
  EXPECT_EQ(Made("prometheus://?aggregate=partition,group&created=shown"), "prometheus://127.0.0.1:8080");
  EXPECT_EQ(Made("prometheus://?label=instance:a&label=zone:b:c"), "prometheus://127.0.0.1:8080");
  EXPECT_EQ(Made("prometheus://?page=off"), "prometheus://127.0.0.1:8080");
  EXPECT_EQ(Made("prometheus://[::1]:1"), "prometheus://[::1]:1");
}

TEST_F(BuiltinExportersTest, MakesServersOnUnixSockets) {
  EXPECT_EQ(Made("prometheus+unix:///run/a.sock?mode=0660&group=prometheus&scrapes=1"),
            "prometheus+unix:///run/a.sock");
  EXPECT_EQ(Made("prometheus+unix:@a?label=zone:b"), "prometheus+unix:@a");
  const std::string line = "prometheus+unix:///run/a.sock";
  EXPECT_EQ(Made(line + ":/metrics"), "exporter " + line + ":/metrics: a server takes no path");
  EXPECT_EQ(Made(line + "?mode=9"),
            "exporter " + line + "?mode=9: option mode must be octal, from 0 to 0777, such as 0660");
  EXPECT_EQ(Made(line + "?mode=0400"),
            "exporter " + line + "?mode=0400: option mode lets no user write, which connecting takes");
  EXPECT_EQ(
      Made("prometheus+unix:@a?group=b"),
      "exporter prometheus+unix:@a?group=b: option group is for a socket file; an abstract name has no permissions");
  EXPECT_NE(Made("prometheus://127.0.0.1:0?mode=0660").find("there is no option mode"), std::string::npos);
}

TEST_F(BuiltinExportersTest, MakesTextfiles) {
  EXPECT_EQ(Made("textfile:///tmp/a.prom?interval=1s"), "textfile:///tmp/a.prom");
}

TEST_F(BuiltinExportersTest, MakesPushgateways) {
  EXPECT_EQ(Made("pushgateway+http://gateway:9091/job/backup/instance/a?method=post&delete=at_end&interval=1s"),
            "pushgateway+http://gateway:9091/job/backup/instance/a");
  EXPECT_EQ(Made("pushgateway+https://gateway/job/backup?ca=/ca.pem&bearer_file=/token&label=zone:b"),
            "pushgateway+https://gateway/job/backup");
}

TEST_F(BuiltinExportersTest, MakesPushExportersOnUnixSockets) {
  for (const char* const line : {"otlp+http+unix:///run/a.sock:/v1/metrics", "prw+https+unix:@a:/api/v1/write",
                                 "pushgateway+http+unix:///run/a.sock:/job/b"}) {
    EXPECT_EQ(Made(line), line);
  }
  EXPECT_EQ(Made("otlp+http+unix:///run/a.sock?host=collector"), "otlp+http+unix:///run/a.sock:/v1/metrics");
  EXPECT_NE(Made("otlp+http://a?host=b").find("there is no option host"), std::string::npos);
  EXPECT_NE(Made("otlp+http+unix:///run/a.sock?mode=0660").find("there is no option mode"), std::string::npos);
  EXPECT_NE(Made("textfile+unix:///a.prom").find("there is no scheme textfile+unix"), std::string::npos);
}

TEST_F(BuiltinExportersTest, PushesOverUnixSockets) {
  const ShortFolder folder;
  const std::string socket = folder.File("s");
  const ScriptedReceiver receiver({.socket = socket});
  registry_.AddGauge({.name = "depth", .help = "D"}).value().With().Set(1);
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"otlp+http+unix://" + socket + "?host=collector.example", "POST /v1/metrics collector.example"},
      {"prw+http+unix://" + socket + ":/write", "POST /write localhost"},
      {"pushgateway+http+unix://" + socket + ":/job/a", "PUT /metrics/job/a localhost"}};
  for (const auto& [line, request] : lines) {
    const auto exporter = *exporters_.MakeExporter(line, context_);
    ASSERT_TRUE(exporter->Start().ok());
    exporter->Stop();
    ASSERT_FALSE(receiver.requests().empty()) << line;
    const ReceivedRequest received = receiver.requests().back();
    EXPECT_EQ(received.method + " " + received.path + " " + received.Header("host"), request);
  }
}

TEST_F(BuiltinExportersTest, MakesOtlpExporters) {
  EXPECT_EQ(Made("otlp+http://collector"), "otlp+http://collector:4318/v1/metrics");
  EXPECT_EQ(Made("otlp+https://collector:443/otlp?encoding=json&compression=gzip&ca=/ca.pem&label=zone:b&interval=1s"),
            "otlp+https://collector:443/otlp");
}

// As protobuf prints it, without the time of the snapshot.
std::string TextOf(const otlp_test::Metric& metric) {
  std::istringstream lines(metric.DebugString());
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" time_unix_nano: ") == std::string::npos) text += line + "\n";
  }
  return text;
}

TEST_F(BuiltinExportersTest, SendsEverySeriesByOtlpInEachEncoding) {
  metrics::Registry broker;
  AddHostileLabels(broker);
  AddExtremeNumbers(broker);
  AddHistograms(broker);
  ScriptedReceiver receiver;
  const std::string line = "otlp+http://127.0.0.1:" + std::to_string(receiver.port()) + "?encoding=";
  for (const std::string encoding : {"protobuf", "json"}) {
    const auto exporter = *exporters_.MakeExporter(line + encoding, {registry_, health_, {&broker}});
    ASSERT_TRUE(exporter->Start().ok());
    exporter->Stop();
    ASSERT_FALSE(receiver.requests().empty());
    const std::string body = receiver.requests().back().body;
    const auto received = encoding == "json" ? FromJson(body) : FromProtobuf(body);
    const auto sent = FromProtobuf(ProtobufRequestOf(broker.TakeSnapshot()));
    for (const otlp_test::Metric& metric : sent.resource_metrics(0).scope_metrics(0).metrics()) {
      EXPECT_EQ(TextOf(MetricOf(received, metric.name())), TextOf(metric)) << encoding;
    }
  }
}

TEST_F(BuiltinExportersTest, NamesTheBadOptionOfAPushgateway) {
  const auto bad = [this](const std::string& line) { return Made(line).substr(("exporter " + line + ": ").size()); };
  EXPECT_EQ(bad("pushgateway+http://a:9091"), "the path does not start with /job/NAME");
  EXPECT_EQ(bad("pushgateway+http://:9091/job/b"), "it names no host");
  EXPECT_EQ(bad("pushgateway+http://a/job/b?method=delete"), "option method must be put or post");
  EXPECT_EQ(bad("pushgateway+http://a/job/b?delete=yes"), "option delete must be never or at_end");
  EXPECT_EQ(bad("pushgateway+http://a/job/b?label=job:c"), "option label has job, which the path has too");
}

TEST_F(BuiltinExportersTest, MakesExportersOfRemoteWrite) {
  EXPECT_EQ(Made("prw+http://receiver:9090"), "prw+http://receiver:9090/api/v1/write");
  EXPECT_EQ(Made("prw+https://receiver/write%20to?version=1&exponential=native&interval=1s&label=job:relay"),
            "prw+https://receiver/write%20to");
  EXPECT_EQ(Made("prw+http://receiver:9090?version=2&exponential=classic&bearer_file=/token"),
            "prw+http://receiver:9090/api/v1/write");
}

TEST_F(BuiltinExportersTest, NamesTheBadOptionOfRemoteWrite) {
  const auto bad = [this](const std::string& line) { return Made(line).substr(("exporter " + line + ": ").size()); };
  EXPECT_EQ(bad("prw+http://"), "it names no host");
  EXPECT_EQ(bad("prw+http://a?version=3"), "option version must be 1, 2 or auto");
  EXPECT_EQ(bad("prw+http://a?exponential=both"), "option exponential must be native, classic or auto");
  EXPECT_EQ(bad("prw+http://a?label=job"), "option label must be of the form NAME:VALUE");
}

TEST_F(BuiltinExportersTest, MakesExportersOfStatsd) {
  EXPECT_EQ(Made("statsd://"), "statsd://127.0.0.1:8125");
  EXPECT_EQ(Made("statsd://daemon:1?dialect=dogstatsd&interval=1s&push_time=1s&label=zone:b"), "statsd://daemon:1");
  EXPECT_EQ(Made("statsd://daemon?dialect=dogstatsd&timestamps=on&origin=on"), "statsd://daemon:8125");
  EXPECT_EQ(Made("statsd://daemon?timestamps=off&origin=off"), "statsd://daemon:8125");
  EXPECT_EQ(Made("statsd+unix:///run/statsd%20a.sock?dialect=plain"), "statsd+unix:///run/statsd%20a.sock");
  EXPECT_EQ(Made("statsd+unix:@statsd"), "statsd+unix:@statsd");
}

TEST_F(BuiltinExportersTest, SendsStatsdInTheDialectOfTheLine) {
  DatagramReceiver receiver(DatagramReceiver::Kind::kUnix);
  metrics::Registry broker;
  broker.AddGauge({.name = "load", .help = "Load", .labels = {"node"}}).value().With("a").Set(2);
  for (const std::string dialect : {"plain", "dogstatsd"}) {
    const std::string line = "statsd+unix://" + receiver.path() + "?label=zone:b&dialect=" + dialect;
    const auto exporter = *exporters_.MakeExporter(line, {broker, health_});
    ASSERT_TRUE(exporter->Start().ok());
    exporter->Stop();
  }
  receiver.Away();
  EXPECT_EQ(receiver.datagrams().front(), "load.node.a.zone.b:2|g");
  EXPECT_TRUE(receiver.datagrams().back().starts_with("load:2|g|#node:a,zone:b\n"));
  receiver.Back();
}

TEST_F(BuiltinExportersTest, SendsDogStatsdWithTheTimesAndTheOriginOfTheLine) {
  DatagramReceiver receiver(DatagramReceiver::Kind::kUnix);
  setenv("DD_ENTITY_ID", "pod", 1);
  setenv("DD_EXTERNAL_ENV", "cn-broker", 1);
  const std::string line = "statsd+unix://" + receiver.path() + "?dialect=dogstatsd&timestamps=on&origin=on";
  const auto exporter = *exporters_.MakeExporter(line, context_);
  unsetenv("DD_ENTITY_ID");
  unsetenv("DD_EXTERNAL_ENV");
  registry_.AddGauge({.name = "load", .help = "Load"}).value().With().Set(2);
  ASSERT_TRUE(exporter->Start().ok());
  exporter->Stop();
  receiver.Away();
  const std::string sent = receiver.datagrams().front();
  EXPECT_NE(sent.find("load:2|g|#dd.internal.entity_id:pod|"), std::string::npos) << sent;
  EXPECT_NE(sent.find("|e:cn-broker|T1"), std::string::npos) << sent;
  receiver.Back();
}

// Method: so many pushes take more than kPatience at the interval that an exporter has of its own.
TEST_F(BuiltinExportersTest, PushesStatsdAtTheIntervalOfTheLine) {
  constexpr std::size_t kPushes = kPatience / kPushIntervalDefault + 2;
  DatagramReceiver receiver(DatagramReceiver::Kind::kUnix);
  metrics::Registry broker;
  broker.AddGauge({.name = "load", .help = "Load"}).value().With().Set(2);
  const std::string line = "statsd+unix://" + receiver.path() + "?interval=1ms&push_time=1h";
  const auto exporter = *exporters_.MakeExporter(line, {broker, health_});
  ASSERT_TRUE(exporter->Start().ok());
  EXPECT_TRUE(Eventually([&receiver] { return receiver.datagrams().size() >= kPushes; }));
  exporter->Stop();
}

TEST_F(BuiltinExportersTest, TellsTheLogOfAPushOfStatsdThatFails) {
  std::atomic<int> lines = 0;
  const ExporterContext context = {
      .registry = registry_, .health = health_, .log = [&lines](std::string_view) { ++lines; }};
  registry_.AddGauge({.name = "load", .help = "Load"}).value().With().Set(2);
  const auto exporter = *exporters_.MakeExporter("statsd+unix:///tmp/nosuch.sock", context);
  ASSERT_TRUE(exporter->Start().ok());
  exporter->Stop();
  EXPECT_EQ(lines, 1);
}

TEST_F(BuiltinExportersTest, NamesTheBadOptionOfStatsd) {
  const auto bad = [this](const std::string& line) { return Made(line).substr(("exporter " + line + ": ").size()); };
  EXPECT_EQ(bad("statsd://a/b"), "StatsD has no path");
  EXPECT_EQ(bad("statsd+unix:///a.sock:/b"), "StatsD has no path");
  EXPECT_EQ(bad("statsd://a:0"), "no receiver listens on port 0");
  EXPECT_EQ(bad("statsd://a?dialect=tags"), "option dialect must be plain or dogstatsd");
  EXPECT_EQ(bad("statsd://a?dialect=dogstatsd&timestamps=yes"), "option timestamps must be on or off");
  EXPECT_EQ(bad("statsd://a?dialect=dogstatsd&origin=c"), "option origin must be on or off");
  EXPECT_EQ(bad("statsd://a?timestamps=on"), "option timestamps needs the dialect dogstatsd");
  EXPECT_EQ(bad("statsd://a?origin=on"), "option origin needs the dialect dogstatsd");
  EXPECT_EQ(bad("statsd://a?dialect=dogstatsd&timestamps=on&interval=999ms"),
            "option timestamps needs an interval of 1s or more");
  EXPECT_EQ(bad("statsd://a?label=job"), "option label must be of the form NAME:VALUE");
}

TEST_F(BuiltinExportersTest, MakesNoTextfileBesideAnotherFamilyWithTheNameOfItsOwn) {
  const auto taken = registry_.AddGauge({.name = "streamhouse_exporter_pushes", .help = "Another"});
  const auto made = exporters_.MakeExporter("textfile:///tmp/a.prom", context_);
  EXPECT_EQ(made.status().code(), metrics::StatusCode::kAlreadyExists);
}

TEST_F(BuiltinExportersTest, StartsNoneWhereTwoRegistriesHaveAFamilyOfOneName) {
  metrics::Registry plug_in;
  const auto first = registry_.AddGauge({.name = "a", .help = "A"});
  const auto second = plug_in.AddGauge({.name = "a", .help = "A"});
  const ExporterContext context = {registry_, health_, {&plug_in}};
  for (const std::string& spec : SpecOfEachScheme()) {
    EXPECT_EQ((*exporters_.MakeExporter(spec, context))->Start(),
              metrics::Status(metrics::StatusCode::kAlreadyExists, "two registries have a family a"))
        << spec;
  }
}

TEST_F(BuiltinExportersTest, NamesTheBadPartOfASpec) {
  EXPECT_EQ(Made("prometheus://a/metrics"), "exporter prometheus://a/metrics: a server takes no path");
  EXPECT_EQ(Made("prometheus://a?scrapes=0"),
            "exporter prometheus://a?scrapes=0: option scrapes must be a whole number, at least 1");
  EXPECT_EQ(Made("prometheus://a?aggregate=b,,c"),
            "exporter prometheus://a?aggregate=b,,c: '' in aggregate is not a label");
  EXPECT_EQ(Made("prometheus://a?created=yes"),
            "exporter prometheus://a?created=yes: option created must be shown or left-out");
  EXPECT_EQ(Made("prometheus://a?page=no"), "exporter prometheus://a?page=no: option page must be on or off");
  EXPECT_EQ(Made("textfile://tmp/a.prom"),
            "exporter textfile://tmp/a.prom: a file has no host: write textfile:///path");
  EXPECT_EQ(Made("textfile:///tmp/a.txt"),
            "exporter textfile:///tmp/a.txt: the path must end with .prom, or no collector reads it");
  EXPECT_EQ(Made("textfile:///tmp/a.prom?every=1s"),
            "exporter textfile:///tmp/a.prom?every=1s: there is no option every; there are interval, label");
  EXPECT_EQ(Made("textfile:///tmp/a.prom?label=a"),
            "exporter textfile:///tmp/a.prom?label=a: option label must be of the form NAME:VALUE");
  EXPECT_EQ(Made("otlp+http://a?compression=br"),
            "exporter otlp+http://a?compression=br: option compression must be none, gzip or zstd");
  EXPECT_EQ(Made("prometheus://?label=a:b&label=le:1"),
            "exporter prometheus://?label=a:b&label=le:1: option label: 'le:1' is not a label and its value");
}

TEST_F(BuiltinExportersTest, StartsNoneWithALabelThatAFamilyHas) {
  const auto family = registry_.AddGauge({.name = "depth", .help = "D", .labels = {"topic"}});
  for (const std::string& spec : SpecOfEachScheme()) {
    EXPECT_EQ((*exporters_.MakeExporter(spec + "?label=topic:b", context_))->Start(),
              metrics::Status(metrics::StatusCode::kAlreadyExists, "the label topic is one of depth already"))
        << spec;
  }
}

TEST_F(BuiltinExportersTest, ListensOnLoopbackWhereNoHostIsGiven) {
  EXPECT_EQ(Made("prometheus://"), "prometheus://127.0.0.1:8080");
  EXPECT_EQ(Made("prometheus://:9100"), "prometheus://127.0.0.1:9100");
}

TEST_F(BuiltinExportersTest, RefusesAnOptionWithoutAValue) {
  for (const std::string option : {"web_config", "aggregate", "connections", "scrapes", "head_time", "idle_time",
                                   "write_time", "page_time", "created", "page", "log"}) {
    const std::string spec = "prometheus://a?" + option + "=";
    EXPECT_EQ(Made(spec), "exporter " + spec + ": option " + option + " is empty");
  }
  EXPECT_EQ(Made("textfile:///a.prom?interval="), "exporter textfile:///a.prom?interval=: option interval is empty");
}

TEST_F(BuiltinExportersTest, ServesNoLivePageWithPageOff) {
  const auto is_page_shown = [this](const std::string& spec) {
    const auto server = *exporters_.MakeExporter(spec, context_);
    EXPECT_TRUE(server->Start().ok());
    const std::string address(server->Name().substr(std::string("prometheus://").size()));
    const std::string page = RunCommand("curl -s --max-time 30 -H 'Accept: text/html' http://" + address).output;
    EXPECT_NE(page.find("<html"), std::string::npos) << page;
    return page.find("<script>") != std::string::npos;
  };
  EXPECT_TRUE(is_page_shown("prometheus://:0"));
  EXPECT_TRUE(is_page_shown("prometheus://:0?page=on"));
  EXPECT_FALSE(is_page_shown("prometheus://:0?page=off"));
}

TEST_F(BuiltinExportersTest, LogsScrapesWithLogScrapes) {
  std::vector<std::string> lines;
  const auto lines_of = [&](const std::string& spec) {
    lines.clear();
    const ExporterContext context = {
        .registry = registry_, .health = health_, .log = [&](std::string_view line) { lines.emplace_back(line); }};
    const auto server = *exporters_.MakeExporter(spec, context);
    EXPECT_TRUE(server->Start().ok());
    const std::string address(server->Name().substr(std::string("prometheus://").size()));
    RunCommand("curl -s --max-time 30 http://" + address + "/metrics");
    server->Stop();
    return lines.size();
  };
  EXPECT_EQ(lines_of("prometheus://:0"), 0U);
  EXPECT_EQ(lines_of("prometheus://:0?log=scrapes"), 1U);
  EXPECT_EQ(Made("prometheus://?log=all"), "exporter prometheus://?log=all: option log must be scrapes");
}

TEST_F(BuiltinExportersTest, PublishesAProcessContext) {
  EXPECT_EQ(Made("process-context://"), "process-context://");
  for (const char* const rest : {"a", ":1", "/a"}) {
    const std::string spec = std::string("process-context://") + rest;
    EXPECT_NE(Made(spec).find("a process context has no address"), std::string::npos) << Made(spec);
  }
  EXPECT_NE(Made("process-context://?label=a:b").find("label"), std::string::npos);
}

TEST_F(BuiltinExportersTest, PublishesAProcessContextWithTheResourceOfTheEnvironment) {
  std::vector<std::string> lines;
  const auto start = [&] {
    const auto log = [&](std::string_view line) { lines.emplace_back(line); };
    const auto exporter =
        *exporters_.MakeExporter("process-context://", {.registry = registry_, .health = health_, .log = log});
    const metrics::Status started = exporter->Start();
    exporter->Stop();
    return started.message();
  };
  setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", 1);
  EXPECT_EQ(start(), "");
  EXPECT_EQ(lines, std::vector<std::string>{}) << "it sends nothing by OTLP";
  unsetenv("OTEL_EXPORTER_OTLP_PROTOCOL");
  setenv("OTEL_RESOURCE_ATTRIBUTES", "no pair", 1);
  EXPECT_EQ(start(), "");
  EXPECT_EQ(lines.size(), 1U);
  unsetenv("OTEL_RESOURCE_ATTRIBUTES");
  setenv("OTEL_SERVICE_NAME", std::string(5000, 'x').c_str(), 1);
  EXPECT_NE(start().find("service.name"), std::string::npos) << "it is too long to be shown";
  unsetenv("OTEL_SERVICE_NAME");
}

TEST_F(BuiltinExportersTest, RunsPullAndPushSideBySide) {
  std::vector<std::unique_ptr<metrics::Exporter>> exporters;
  exporters.push_back(*exporters_.MakeExporter("prometheus://:0", context_));
  exporters.push_back(*exporters_.MakeExporter("textfile://" + TemporaryPath("side.prom"), context_));
  for (const auto& exporter : exporters) EXPECT_TRUE(exporter->Start().ok()) << exporter->Name();
  for (const auto& exporter : exporters) exporter->Stop();
}

}  // namespace
}  // namespace streamhouse::exporters
