// When a server that has used its time to select series asks its clients to come back. This program
// answers for the system's clock, which no test may set.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "exporters/http/routes.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace {

// The steady clock, and how far each reading sets it forward.
std::atomic<std::int64_t> g_seconds = 1'000;
std::atomic<std::int64_t> g_seconds_per_reading = 0;

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (clock != CLOCK_MONOTONIC) return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  *time = {.tv_sec = g_seconds += g_seconds_per_reading, .tv_nsec = 0};
  return 0;
}

namespace streamhouse::exporters {
namespace {

class RoutesClockTest : public testing::Test {
 protected:
  ~RoutesClockTest() override { g_seconds_per_reading = 0; }

  Response Ask() { return routes_.Handle({.method = "GET", .target = "/metrics?match[]={x=~\"a.*\"}"}); }
  static std::int64_t RetryAfterOf(const Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Retry-After") return std::stoll(value);
    }
    return 0;
  }

  metrics::Registry registry_;
  metrics::Health health_;
  Routes routes_{registry_, health_, {.limits = {.selection_time = std::chrono::seconds(10)}}};
};

TEST_F(RoutesClockTest, SaysInHowManySecondsTimeIsLeftAgain) {
  registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"x"}}).value().With("abc").Increment();
  g_seconds_per_reading = 7;
  EXPECT_EQ(Ask().status, 503) << "it takes more time than there is";
  g_seconds_per_reading = 0;
  const std::int64_t wait = RetryAfterOf(Ask());
  EXPECT_GT(wait, 1);
  g_seconds += wait - 1;
  EXPECT_EQ(RetryAfterOf(Ask()), 1);
  g_seconds += 1;
  EXPECT_EQ(Ask().status, 200);
}

// To compile the selectors takes all time that is left, and the clock then stands as it did before:
// nothing comes back.
TEST_F(RoutesClockTest, LetsARequestSelectWhatItHasCompiled) {
  const auto gauge = registry_.AddCallbackGauge({.name = "a", .help = "A"}).value().Add([before = g_seconds.load()] {
    g_seconds_per_reading = 0;
    g_seconds = before;
    return 1.0;
  });
  g_seconds_per_reading = 20;
  EXPECT_EQ(Ask().status, 200);
}

}  // namespace
}  // namespace streamhouse::exporters
