// The smallest program with a page: counts the characters of its input.
#include <cstdio>

#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

int main() {
  streamhouse::metrics::Registry registry;
  auto read = registry.AddCounter({.name = "characters_read_total", .help = "Characters read", .labels = {"source"}});
  const streamhouse::metrics::Counter from_stdin = read.value().With("stdin");  // looked up once, here

  const streamhouse::metrics::Health health;
  streamhouse::exporters::MetricsServer server(registry, health, {.host = "127.0.0.1", .port = 0});
  if (!server.Start().ok()) return 1;
  std::printf("http://127.0.0.1:%d/metrics\n", server.port());
  std::fflush(stdout);

  while (std::getchar() != EOF) from_stdin.Increment();  // takes no lock
}
