#include "tests/metrics_core/process/without_exceptions.h"

#include "metrics_core/exporter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/timer.h"
#include "tests/metrics_core/page.h"

#if defined(__EXCEPTIONS) || defined(__GXX_RTTI)
#error "this file is to be compiled with -fno-exceptions -fno-rtti"
#endif

namespace streamhouse::metrics {

std::string RecordWithoutExceptions() {
  Registry registry;
  const BucketBounds bounds = BucketBounds::From({1}).value();
  registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value().Lookup("1")->Increment();
  registry.AddGauge({.name = "b", .help = "h"}).value().With().Set(2);
  registry.AddUpDownCounter({.name = "c", .help = "h"}).value().With().Add(3);
  registry.AddHistogram({.name = "d", .help = "h"}, bounds).value().With().Observe(4);
  const TickHistogram ticks = registry.AddTickHistogram({.name = "e", .help = "h"}, bounds, 1).value().With();
  ticks.Observe(5);
  return Page(registry);
}

}  // namespace streamhouse::metrics
