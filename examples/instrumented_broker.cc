// The pieces a broker needs: labels, a latency, a depth, and a reason when it is not ready. A line
// of input "TOPIC VALUE" is a message; "quit" makes the broker not ready.
#include <chrono>
#include <cstdio>
#include <deque>
#include <iostream>
#include <string>

#include "exporters/http/metrics_server.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/timer.h"

namespace metrics = streamhouse::metrics;

int main() {
  metrics::Registry registry;
  // Topics come from outside, so their number is limited: what is beyond goes to one series
  // "_overflow". A topic without a message for a day makes room for another.
  auto messages = registry.AddCounter({.name = "broker_messages_total",
                                       .help = "Messages taken",
                                       .labels = {"topic"},
                                       .series_max = 100,
                                       .expire_after = std::chrono::hours(24)});
  auto depth = registry.AddUpDownCounter({.name = "broker_queue_messages", .help = "Messages not yet handed out"});
  auto append = registry.AddTickHistogram(
      {.name = "broker_append_seconds", .help = "Time to append a message", .unit = "seconds"},
      metrics::BucketBounds::Exponential(1e-6, 4, 10).value(), metrics::kNanosecondsPerSecond);
  for (const auto& status : {messages.status(), depth.status(), append.status()}) {
    if (!status.ok()) return std::fprintf(stderr, "%s\n", status.message().c_str()), 1;
  }
  const metrics::UpDownCounter queued = depth->With();
  const metrics::TickHistogram append_duration = append->With();

  metrics::Health health;
  metrics::Health::Token quitting;
  streamhouse::exporters::MetricsServer server(registry, health, {.host = "127.0.0.1", .port = 0});
  if (const metrics::Status started = server.Start(); !started.ok()) {
    return std::fprintf(stderr, "%s\n", started.message().c_str()), 1;
  }
  std::cout << "http://127.0.0.1:" << server.port() << "/metrics" << std::endl;

  std::deque<std::string> queue;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "quit") {
      quitting = health.Add("broker", [] { return metrics::Status(metrics::StatusCode::kUnavailable, "quitting"); });
    }
    const metrics::ScopedTimer timer(append_duration);
    messages->Lookup(line.substr(0, line.find(' ')))->Increment();
    queue.push_back(line);
    queued.Add(1);
  }
}
