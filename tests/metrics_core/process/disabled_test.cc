// Built with recording compiled out: the same calls compile, and nothing is recorded.

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/recording.h"
#include "metrics_core/registry.h"
#include "metrics_core/timer.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

static_assert(!internal::kRecordingEnabled);

TEST(DisabledTest, EveryHandleRecordsNothing) {
  Registry registry;
  const BucketBounds bounds = BucketBounds::From({1}).value();
  const auto labelled = registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
  labelled.With("1").Increment();
  labelled.Lookup("1")->Increment(5);
  registry.AddDoubleCounter({.name = "b_total", .help = "h"}).value().With().Increment(0.5);
  const Gauge gauge = registry.AddGauge({.name = "c", .help = "h"}).value().With();
  gauge.Set(1);
  gauge.Add(1);
  registry.AddUpDownCounter({.name = "d", .help = "h"}).value().With().Add(-1);
  registry.AddHistogram({.name = "e", .help = "h"}, bounds).value().With().Observe(0.5);
  const TickHistogram ticks = registry.AddTickHistogram({.name = "f", .help = "h"}, bounds, 1).value().With();
  ticks.Observe(1);
  { const ScopedTimer timer(ticks); }
  EXPECT_EQ(Page(registry), "a_total{x=\"1\"} 0\nb_total 0\nc 0\nd 0\ne [0 0] sum 0 count 0\nf [0 0] sum 0 count 0\n");
}

}  // namespace
}  // namespace streamhouse::metrics
