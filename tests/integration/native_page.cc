// Serves a page of all kinds of metrics until its input ends: openly, and on another port for each
// web configuration file that it is given, for native_histograms_test.py and scrape_ways_test.py.
// An argument with a scheme is the line of a further exporter (builtin_exporters.h), which stops at
// the end; what exporters log goes to standard error.
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/clock.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace metrics = streamhouse::metrics;

namespace {

using streamhouse::exporters::ExporterContext;
using streamhouse::exporters::MetricsServer;

// What the formats write in ways of their own, and what has to be escaped.
void AddOtherFamilies(metrics::Registry& registry) {
  registry.AddCounter({.name = "sent_total", .help = "Sent", .labels = {"topic"}}).value().With("a\"b").Increment(7);
  const auto sizes =
      registry
          .AddHistogram({.name = "batch_bytes", .help = "Sizes \\ \n \"", .unit = "bytes", .labels = {"topic"}},
                        metrics::BucketBounds::From({0.5, 1, 1000, 1e6}).value())
          .value();
  for (const char* topic : {"", "a\\b", "line\nline", "\xC3\xA4", "}\","}) sizes.With(topic).Observe(1);
  const auto temperature =
      registry.AddDoubleGauge({.name = "temperature", .help = "Now", .labels = {"of", "at"}}).value();
  temperature.With("disk", "top").Set(-1e-9);
  temperature.With("disk", "bottom").Set(1e9);
}

// One of each kind that is not there yet.
std::vector<metrics::CallbackFamily::Token> AddOtherKinds(metrics::Registry& registry) {
  registry.AddDoubleCounter({.name = "paid_total", .help = "Paid"}).value().With().Increment(0.1);
  registry.AddGauge({.name = "depth", .help = "Depth"}).value().With().Set(-3);
  registry.AddUpDownCounter({.name = "waiting", .help = "Waiting"}).value().With().Add(-2);
  registry
      .AddTickHistogram({.name = "wait_seconds", .help = "Waits", .unit = "seconds"},
                        metrics::BucketBounds::From({0.001, 1}).value(), metrics::kNanosecondsPerSecond)
      .value()
      .With()
      .Observe(5'000'000);
  std::vector<metrics::CallbackFamily::Token> tokens;
  tokens.push_back(registry.AddCallbackGauge({.name = "answer", .help = "Answer"}).value().Add([] { return 2.5; }));
  tokens.push_back(
      registry.AddCallbackCounter({.name = "asked_total", .help = "Asked"}).value().Add([] { return 9.0; }));
  return tokens;
}

}  // namespace

int main(int argc, char** argv) {
  metrics::Registry registry;
  const auto latency = registry
                           .AddExponentialHistogram({.name = "fetch_seconds",
                                                     .help = "Fetches",
                                                     .unit = "seconds",
                                                     .labels = {"topic"},
                                                     .exemplars = metrics::Exemplars::kSampled},
                                                    metrics::BucketBounds::Exponential(0.25, 2, 5).value())
                           .value()
                           .With("orders");
  // One more of each than of the one before.
  int count = 0;
  for (const double value : {0.0, 0.25, 0.5, 1.0, 4.0}) {
    ++count;
    for (int i = 0; i < count; ++i) latency.Observe(value, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  }
  AddOtherFamilies(registry);
  const auto tokens = AddOtherKinds(registry);

  const metrics::Health health;
  const ExporterContext context = {.registry = registry, .health = health, .log = [](std::string_view line) {
                                     std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
                                   }};
  std::vector<std::unique_ptr<metrics::Exporter>> exporters;
  std::vector<std::unique_ptr<MetricsServer>> servers;
  for (int i = 0; i < argc; ++i) {
    if (std::string_view(argv[i]).find("://") != std::string_view::npos) {
      auto made = streamhouse::exporters::BuiltinExporters().MakeExporter(argv[i], context);
      if (!made.ok() || !(*made)->Start().ok()) return 1;
      exporters.push_back(*std::move(made));
      continue;
    }
    const char* const web_config = i == 0 ? "" : argv[i];
    servers.push_back(std::make_unique<MetricsServer>(
        registry, health, streamhouse::exporters::MetricsServerOptions{.port = 0, .web_config_file = web_config}));
    if (!servers.back()->Start().ok()) return 1;
    std::printf("http%s=127.0.0.1:%d\n", web_config, servers.back()->port());
  }
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  for (const auto& exporter : exporters) exporter->Stop();
}
