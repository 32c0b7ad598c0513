// A program without a port of its own, that pushes to a Collector: otlp_push otlp+http://HOST:PORT
//
// Its names are those of OpenTelemetry's semantic conventions, with dots. It times each character
// of its input, and pushes what is left at the end.
#include <iostream>

#include "exporters/builtin_exporters.h"
#include "exporters/exporter_registry.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/timer.h"

namespace exporters = streamhouse::exporters;
namespace metrics = streamhouse::metrics;

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: otlp_push otlp+http://HOST:PORT\n", 1;
  metrics::Registry registry({.names = metrics::NameRules::kUtf8, .target = {{"service.name", "shop"}}});
  const metrics::Health health;
  const auto requests = registry.AddTickHistogram(
      {.name = "http.server.request.duration", .help = "Time to answer a request", .labels = {"http.request.method"}},
      metrics::BucketBounds::Exponential(0.005, 2, 11).value(), metrics::kNanosecondsPerSecond);
  if (!requests.ok()) return std::cerr << requests.status().message() << "\n", 1;
  const metrics::TickHistogram get_duration = requests->With("GET");

  const auto exporter = exporters::BuiltinExporters().MakeExporter(argv[1], {registry, health});
  if (!exporter.ok()) return std::cerr << exporter.status().message() << "\n", 1;
  if (const auto started = (*exporter)->Start(); !started.ok()) return std::cerr << started.message() << "\n", 1;
  for (char character; std::cin.get(character);) const metrics::ScopedTimer timer(get_duration);
  (*exporter)->Stop();  // with a last push
}
