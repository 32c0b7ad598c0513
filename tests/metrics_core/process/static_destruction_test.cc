// Recording while a program ends: from destructors of static objects, made before or after the
// registry, and from threads that were not joined. Each test ends a process of its own.
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

// Records in its destructor, once it has a handle.
struct LateRecorder {
  ~LateRecorder() {
    counter.Increment();
    gauge.Set(1);
    histogram.Observe(1);
    std::fputs("recorded ", stderr);
  }
  Counter counter;
  Gauge gauge;
  Histogram histogram;
};

void Attach(Registry& registry, LateRecorder& recorder) {
  recorder.counter = registry.AddCounter({.name = "a_total", .help = "h"}).value().With();
  recorder.gauge = registry.AddGauge({.name = "b", .help = "h"}).value().With();
  recorder.histogram =
      registry.AddHistogram({.name = "c", .help = "h"}, BucketBounds::From({1}).value()).value().With();
}

// Static objects go in the order opposite to their making.
TEST(StaticDestructionDeathTest, AHandleMayRecordAfterItsRegistryIsGone) {
  const auto scenario = [] {
    static LateRecorder recorder;
    static Registry registry;
    Attach(registry, recorder);
    std::exit(0);
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^recorded $");
}

struct PrintsThePage {
  ~PrintsThePage() { std::fputs(Page(registry).c_str(), stderr); }
  Registry registry;
};

TEST(StaticDestructionDeathTest, RecordingsOfStaticDestructorsCount) {
  const auto scenario = [] {
    static PrintsThePage page;
    static LateRecorder recorder;
    Attach(page.registry, recorder);
    std::exit(0);
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^recorded a_total 1\nb 1\nc \\[1 0\\] sum 1 count 1\n$");
}

TEST(StaticDestructionDeathTest, ThreadsMayRecordAndLookUpUntilTheEnd) {
  const auto scenario = [] {
    static Registry registry;
    static const auto family = registry.AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
    for (const char* const value : {"1", "2"}) {
      std::thread([value] {
        const Counter counter = family.With(value);
        for (;;) counter.Increment();
      }).detach();
    }
    while (registry.TakeSnapshot().families()[0].size() < 2) std::this_thread::yield();
    std::exit(0);
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^$");
}

TEST(StaticDestructionDeathTest, AFirstRecordingInAStaticDestructorCounts) {
  struct RegistersAndRecords {
    ~RegistersAndRecords() {
      Registry registry;
      registry.AddCounter({.name = "a_total", .help = "h"}).value().With().Increment();
      std::fputs(Page(registry).c_str(), stderr);
    }
  };
  const auto scenario = [] {
    static RegistersAndRecords late;
    std::exit(0);
  };
  EXPECT_EXIT(scenario(), testing::ExitedWithCode(0), "^a_total 1\n$");
}

}  // namespace
}  // namespace streamhouse::metrics
