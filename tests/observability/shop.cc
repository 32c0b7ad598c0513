// A program with a page that does what no program should, for alert_matrix_test.py. It obeys the
// lines of its input:
//
//   visitors N    gives a family N label values, none of which it had before
//   slow MS       from now on, each page takes so long
//
// It prints its address first, and ends with its input.
#include <poll.h>

#include <atomic>
#include <cstdint>
#include <iostream>
#include <string>

#include "exporters/http/metrics_server.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/core_metrics.h"

namespace metrics = streamhouse::metrics;

int main() {
  metrics::Registry registry;
  const auto losses = metrics::CoreMetrics::Register(registry);
  const auto visits =
      registry.AddCounter({.name = "shop_visits_total", .help = "Visits", .labels = {"visitor"}}).value();
  std::atomic<int> milliseconds = 0;
  const auto stock = registry.AddCallbackGauge({.name = "shop_stock", .help = "Goods"}).value().Add([&milliseconds] {
    poll(nullptr, 0, milliseconds);
    return 1.0;
  });

  const metrics::Health health;
  streamhouse::exporters::MetricsServer server(registry, health, {.port = 0});
  if (!losses.ok() || !server.Start().ok()) return 1;
  std::cout << "http=127.0.0.1:" << server.port() << std::endl;

  std::uint64_t visitors = 0;
  std::string command;
  for (std::uint64_t number = 0; std::cin >> command >> number;) {
    if (command == "slow") milliseconds = static_cast<int>(number);
    if (command != "visitors") continue;
    for (const std::uint64_t end = visitors + number; visitors < end; ++visitors) {
      visits.With(std::to_string(visitors)).Increment();
    }
  }
}
