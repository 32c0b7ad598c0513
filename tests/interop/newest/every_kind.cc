// A program with a family of every kind, hostile labels, extreme numbers, names in UTF-8, exemplars
// and a target, for tools/interop. It serves its page on one port, and with created=shown on a
// second. Each argument is the line of a further exporter (builtin_exporters.h). It runs until its
// input ends; what exporters log goes to standard error.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/builtin_exporters.h"
#include "exporters/encoding/text_page.h"
#include "exporters/exporter_registry.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/clock.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/page.h"

namespace metrics = streamhouse::metrics;

namespace {

using metrics::Exemplars;
using streamhouse::exporters::Bounds;
using streamhouse::exporters::ExporterContext;
using streamhouse::exporters::MetricsServer;

constexpr metrics::TraceContext kTrace = {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3};

void AddCounters(metrics::Registry& registry) {
  const auto sent = registry
                        .AddCounter({.name = "sent_bytes_total",
                                     .help = "Sent",
                                     .unit = "bytes",
                                     .labels = {"topic"},
                                     .exemplars = Exemplars::kSampled})
                        .value();
  sent.With("a\"b").Increment(7, kTrace);
  sent.With("quiet").Increment(1);
  registry.AddUpDownCounter({.name = "waiting", .help = "Waiting"}).value().With().Add(-2);
  registry.AddCounter({.name = "http.requests_total", .help = "R", .labels = {"url.path", "code"}})
      .value()
      .With("/\"x\"", "200")
      .Increment(2);
  registry.AddDoubleGauge({.name = "tief\xC3\xA4", .help = "Depth"}).value().With().Set(-3.5);
}

void AddDescriptions(metrics::Registry& registry) {
  registry.AddInfo({.name = "build_info", .help = "Build", .labels = {"version", "empty"}}).value().With("1.0", "");
  const auto mode =
      registry.AddStateSet({.name = "mode", .help = "Mode", .labels = {"node"}}, {"idle", "busy", "a\"b"}).value();
  mode.With("one").SetOnly(1);
  mode.With("two").TurnOn(2);
}

void AddDistributions(metrics::Registry& registry) {
  const auto size = registry
                        .AddHistogram({.name = "batch_bytes",
                                       .help = "Sizes \\ \n \"",
                                       .unit = "bytes",
                                       .labels = {"topic"},
                                       .exemplars = Exemplars::kSampled},
                                      Bounds({0.5, 1, 1000, 1e6}))
                        .value();
  for (const char* topic : {"", "a\\b", "line\nline", "\xC3\xA4", "}\","}) size.With(topic).Observe(1.5, kTrace);
  registry
      .AddTickHistogram({.name = "wait_seconds", .help = "Waits", .unit = "seconds"}, Bounds({0.001, 1}),
                        metrics::kNanosecondsPerSecond)
      .value()
      .With()
      .Observe(5'000'000);
  const auto fetch = registry
                         .AddExponentialHistogram({.name = "fetch_seconds",
                                                   .help = "Fetches",
                                                   .unit = "seconds",
                                                   .labels = {"topic"},
                                                   .exemplars = Exemplars::kSampled},
                                                  metrics::BucketBounds::Exponential(0.25, 2, 5).value())
                         .value();
  for (const double value : {0.0, 0.25, 0.3, 0.5, 1.0, 4.0, 1e5}) fetch.With("orders").Observe(value, kTrace);
  fetch.With("empty");
}

// The tokens keep the callbacks.
struct Callbacks {
  std::vector<metrics::CallbackFamily::Token> numbers;
  std::vector<metrics::CallbackHistogramFamily::Token> histograms;
  std::vector<metrics::CallbackSummaryFamily::Token> summaries;
};

Callbacks AddCallbacks(metrics::Registry& registry) {
  Callbacks made;
  made.numbers.push_back(
      registry.AddCallbackGauge({.name = "answer", .help = "Answer"}).value().Add([] { return 2.5; }));
  made.numbers.push_back(
      registry.AddCallbackCounter({.name = "asked_total", .help = "Asked"}).value().Add([] { return 9.0; }));
  const metrics::CallbackHistogram lag = {.bucket_counts = {3, 0, 2}, .sum = 17.5};
  made.histograms.push_back(registry.AddCallbackHistogram({.name = "lag_records", .help = "Lag"}, Bounds({1, 10}))
                                .value()
                                .AddMany([lag](auto& samples) { samples.Add(lag); }));
  const metrics::CallbackSummary age = {.quantile_values = {0.25, 4}, .sum = 6.5, .count = 40};
  made.summaries.push_back(
      registry.AddCallbackSummary({.name = "age_seconds", .help = "Ages", .unit = "seconds"}, {0.5, 0.99})
          .value()
          .AddMany([age](auto& samples) { samples.Add(age); }));
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace streamhouse::exporters;  // NOLINT(google-build-using-namespace)
  metrics::Registry registry({.names = metrics::NameRules::kUtf8,
                              .target = {{"service.name", "relay"}, {"service.instance.id", "7"}, {"zone", "a"}}});
  AddCounters(registry);
  AddDescriptions(registry);
  AddDistributions(registry);
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  AddNegativeHistogram(registry);
  const Callbacks callbacks = AddCallbacks(registry);

  const metrics::Health health;
  const ExporterContext context = {.registry = registry, .health = health, .log = [](std::string_view line) {
                                     std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
                                   }};
  std::vector<std::unique_ptr<metrics::Exporter>> exporters;
  for (int i = 1; i < argc; ++i) {
    auto made = BuiltinExporters().MakeExporter(argv[i], context);
    const metrics::Status started = made.ok() ? (*made)->Start() : made.status();
    if (!started.ok()) {
      std::fprintf(stderr, "%s\n", started.message().c_str());
      return 1;
    }
    exporters.push_back(*std::move(made));
  }
  MetricsServer page(registry, health, {.port = 0});
  MetricsServer with_created(registry, health, {.port = 0, .created = CreatedUse::kShown});
  if (!page.Start().ok() || !with_created.Start().ok()) return 1;
  std::printf("http=127.0.0.1:%d\ncreated=127.0.0.1:%d\n", page.port(), with_created.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  for (const auto& exporter : exporters) exporter->Stop();
}
