// A plug-in that records: through a handle that its host gives it, and into a registry of its own.
#include "tests/metrics_core/process/plugin.h"

#include <cstdio>
#include <string>
#include <thread>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {

void RecordInPlugin(const void* counter, unsigned long n) {
  static_cast<const Counter*>(counter)->Increment(n);
}

int RecordsIntoItsOwnRegistry() {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "plugin_total", .help = "h"}).value().With();
  counter.Increment();
  std::thread([&] { counter.Increment(2); }).join();
  return Page(registry) == "plugin_total 3\n" ? 1 : 0;
}

}  // namespace streamhouse::metrics
