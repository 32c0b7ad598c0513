// Metrics when the process-wide numbering of cells, or the memory, is used up. Each test ends a
// process of its own in such a state, as there is no way back from it.
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

void UseUpAllCells() {
  for (const internal::Slot length : {internal::kMaxRunCells, internal::Slot{1}}) {
    while (internal::AllocateRun({.length = length}) != internal::kSinkSlot) {
    }
  }
}

// In the child of a death test: prints the page for the parent to match, in place of an
// expectation.
[[noreturn]] void ExitWith(const std::string& what) {
  std::fputs(what.c_str(), stderr);
  std::_Exit(0);
}

TEST(ExhaustionDeathTest, WithoutCellsNewSeriesAreSinksAndOldOnesGoOn) {
  const auto scenario = [] {
    Registry registry;
    const auto family = registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
    const Counter old = family.With("old");
    UseUpAllCells();
    old.Increment();
    family.With("new").Increment(99);
    family.Lookup("newer")->Increment(99);
    Counter().Increment(99);
    ExitWith(Page(registry) + "sinks: " + std::to_string(family.OverflowedLookups()));
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^a_total\\{x=\"old\"\\} 1\nsinks: 2$");
}

TEST(ExhaustionDeathTest, WithoutCellsEveryKindOfHandleIsASink) {
  const auto scenario = [] {
    UseUpAllCells();
    Registry registry;
    const BucketBounds bounds = BucketBounds::Linear(0, 1, 256).value();
    registry.AddCounter({.name = "a_total", .help = "h"}).value().With().Increment();
    registry.AddGauge({.name = "b", .help = "h"}).value().With().Set(5);
    registry.AddUpDownCounter({.name = "c", .help = "h"}).value().With().Add(5);
    registry.AddHistogram({.name = "d", .help = "h"}, bounds).value().With().Observe(1e9);
    registry.AddTickHistogram({.name = "e", .help = "h"}, bounds, 1).value().With().Observe(1'000);
    ExitWith("page: '" + Page(registry) + "'");
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^page: ''$");
}

TEST(ExhaustionDeathTest, ARemovedSeriesMakesRoomForOneOfItsKind) {
  const auto scenario = [] {
    Registry registry;
    const auto family = registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
    family.With("old").Increment();
    UseUpAllCells();
    family.Remove("old");
    family.With("new").Increment(2);
    ExitWith(Page(registry));
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^a_total\\{x=\"new\"\\} 2\n$");
}

TEST(ExhaustionDeathTest, ARecordingThatFindsNoMemoryIsLostAndCounted) {
  const auto scenario = [] {
    Registry registry;
    const auto counter = registry.AddCounter({.name = "a_total", .help = "h"}).value().With();
    counter.Increment();
    // Allowed what is in use already, and nothing more.
    const rlimit no_more = {.rlim_cur = 1, .rlim_max = 1};
    setrlimit(RLIMIT_AS, &no_more);
    internal::Slot slot = internal::kMaxCells / 2;  // far from the series above
    while (internal::GetShardStatistics().lost_to_memory == 0) {
      slot += internal::kCellsPerChunk;
      // Relaxed: only this thread looks.
      internal::SlowCells(slot).Add(0, std::uint64_t{1}, std::memory_order_relaxed);
    }
    counter.Increment();
    ExitWith(Page(registry));
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^a_total 2\n$");
}

}  // namespace
}  // namespace streamhouse::metrics
