// A program in C++ that records, and prints what it has recorded.
#include <cstdint>
#include <cstdio>

#include <metrics_core/counter.h>
#include <metrics_core/reading/family_values.h>
#include <metrics_core/reading/snapshot.h>
#include <metrics_core/registry.h>

int main() {
  namespace metrics = streamhouse::metrics;
  metrics::Registry registry;
  const metrics::Counter sent = registry.AddCounter({.name = "sent_total", .help = "Records sent"}).value().With();
  for (int i = 0; i < 1000; ++i) sent.Increment();
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  const auto& values = snapshot.families()[0].As<metrics::CounterValues<std::uint64_t>>();
  std::printf("%lu\n", static_cast<unsigned long>(values[0]));
}
