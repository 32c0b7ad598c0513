// Serves a page of all kinds of metrics until its input ends, for native_histograms_test.py.
#include <cstdio>

#include "exporters/http/metrics_server.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace metrics = streamhouse::metrics;

int main() {
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
  registry.AddCounter({.name = "sent_total", .help = "Sent", .labels = {"topic"}}).value().With("a\"b").Increment(7);

  const metrics::Health health;
  streamhouse::exporters::MetricsServer server(registry, health, {.host = "127.0.0.1", .port = 0});
  if (!server.Start().ok()) return 1;
  std::printf("http=127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
