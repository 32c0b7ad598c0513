#include "metrics_core/clock.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/tsc.h"
#include "metrics_core/registry.h"
#include "metrics_core/timer.h"

namespace streamhouse::metrics {
namespace {

using internal::SteadyNanoseconds;

constexpr char kPrintRate[] = "print-rate";

// How long the clock says that a second of steady_clock is, in nanoseconds of a process of its own.
double RateOfNewProcess() {
  std::FILE* const process = popen(("exec /proc/" + std::to_string(getpid()) + "/exe " + kPrintRate).c_str(), "r");
  double rate = 0;
  EXPECT_EQ(std::fscanf(process, "%lf", &rate), 1);
  EXPECT_EQ(pclose(process), 0);
  return rate;
}

// What such a process does: once calibrated, it prints the rate that it has arrived at; 1 where
// there is no counter, or the kernel does not trust it.
void PrintRate() {
  constexpr std::uint64_t kDeadline = internal::kHasTsc ? 1'000'000'000 : 0;
  const std::uint64_t start = SteadyNanoseconds();
  const internal::TscScale* scale = nullptr;
  while (scale == nullptr && SteadyNanoseconds() - start < kDeadline) {
    static_cast<void>(Clock::NowNanoseconds());
    // Acquire: as Clock does, to read the scale.
    scale = internal::tsc_scale.load(std::memory_order_acquire);
  }
  std::printf("%.17g\n", scale == nullptr ? 1 : static_cast<double>(scale->nanoseconds_per_tick));
}

void ExpectNeverBackwards(int readings) {
  std::uint64_t last = Clock::NowNanoseconds();
  for (int i = 0; i < readings; ++i) {
    const std::uint64_t now = Clock::NowNanoseconds();
    ASSERT_GE(now, last);
    last = now;
  }
}

// Long enough to go through the calibration, from one way of reading to the other.
TEST(ClockTest, TheUnixTimeIsTheSystems) {
  using std::chrono::milliseconds;
  using std::chrono::system_clock;
  const system_clock::time_point before = system_clock::now();
  const system_clock::time_point read{milliseconds(Clock::UnixMilliseconds())};
  EXPECT_GT(read + milliseconds(1), before);
  EXPECT_LE(read, system_clock::now());
}

TEST(ClockTest, NeverRunsBackwardsWithinAThread) {
  constexpr int kReadings = 2'000'000;
  std::thread other([] { ExpectNeverBackwards(kReadings); });
  ExpectNeverBackwards(kReadings);
  other.join();
}

TEST(ClockTest, HasTheOriginOfTheSteadyClock) {
  const std::uint64_t before = SteadyNanoseconds();
  const std::uint64_t now = Clock::NowNanoseconds();
  const std::uint64_t after = SteadyNanoseconds();
  constexpr std::uint64_t kTenMicroseconds = 10'000;
  EXPECT_GE(now + kTenMicroseconds, before);
  EXPECT_LE(now, after + kTenMicroseconds);
}

TEST(ClockTest, AgreesWithTheSteadyClockOnHowLongSomethingTook) {
  constexpr std::uint64_t kLong = 50'000'000;
  const std::uint64_t outer_start = SteadyNanoseconds();
  const std::uint64_t start = Clock::NowNanoseconds();
  const std::uint64_t inner_start = SteadyNanoseconds();
  while (SteadyNanoseconds() - inner_start < kLong) {
  }
  const std::uint64_t inner = SteadyNanoseconds() - inner_start;
  const std::uint64_t took = Clock::NowNanoseconds() - start;
  const std::uint64_t outer = SteadyNanoseconds() - outer_start;
  // Between what lies inside it and what lies around it, give or take a ten-thousandth.
  EXPECT_GE(took, inner - inner / 10'000);
  EXPECT_LE(took, outer + outer / 10'000);
}

// A calibration that is disturbed once is wrong for the life of its process, so one process proves
// little.
TEST(ClockTest, EveryProcessArrivesAtTheSameRate) {
  constexpr int kProcesses = 16;
  std::vector<double> rates;
  for (int i = 0; i < kProcesses; ++i) rates.push_back(RateOfNewProcess());
  const auto [least, most] = std::minmax_element(rates.begin(), rates.end());
  EXPECT_LT(*most / *least, 1 + 50e-6);
}

// A histogram of durations, and a scale of Clock that the test moves as a counter moves that jumps.
class ClockJumpTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kSecond = 1'000'000'000;
  static constexpr std::uint64_t kHour = 3'600 * kSecond;
  static constexpr int kTicksShift = 3;  // eight ticks a nanosecond

  ~ClockJumpTest() override { internal::tsc_scale.store(nullptr, std::memory_order_release); }

  void Begin() {
    // Fewer nanoseconds a tick than any counter has: a thread that loses its processor makes no
    // duration too long.
    scale_ = {.tsc = internal::ReadTsc(),
              .nanoseconds = internal::SteadyNanoseconds(),
              .nanoseconds_per_tick = std::uint64_t{1} << (32 - kTicksShift)};
    internal::tsc_scale.store(&scale_, std::memory_order_release);
  }
  static void JumpAhead(std::uint64_t nanoseconds) { scale_.tsc -= nanoseconds << kTicksShift; }
  HistogramValue Value() {
    snapshot_ = registry_.TakeSnapshot();
    return snapshot_.families()[0].As<HistogramValues>()[0];
  }

  // Used by Clock after the test.
  static constinit inline internal::TscScale scale_{};
  Registry registry_;
  const TickHistogram seconds_ = registry_
                                     .AddTickHistogram({.name = "a_seconds", .help = "h", .unit = "seconds"},
                                                       BucketBounds::From({1}).value(), kNanosecondsPerSecond)
                                     .value()
                                     .With();
  Snapshot snapshot_;
};

TEST_F(ClockJumpTest, ATimerObservesNoDurationThatAJumpOfTheCounterMade) {
  Begin();
  const std::uint64_t dropped = DroppedOutOfRange();
  {
    const ScopedTimer first(seconds_);
    const ScopedTimer second(seconds_);
    JumpAhead(kHour);
  }
  constexpr std::uint64_t kDropped = internal::kHasTsc ? 1 : 0;  // the first to end; without a counter none
  EXPECT_EQ(DroppedOutOfRange(), dropped + kDropped);
  // Given up before any snapshot, so that the second one ends by steady_clock.
  EXPECT_EQ(internal::tsc_scale.load(std::memory_order_acquire), internal::kHasTsc ? nullptr : &scale_);
  EXPECT_EQ(Value().count, 2 - kDropped);
  EXPECT_LT(Value().sum, 1);
}

TEST_F(ClockJumpTest, ATimerObservesALongScope) {
  Begin();
  // The scale's moment is ahead of both clocks, so that the scope seems to have begun a second ago.
  // That is at most a second longer than the age of this process; a timer does not notice it.
  scale_.nanoseconds -= kSecond;
  {
    const ScopedTimer timer(seconds_);
    scale_.nanoseconds += kSecond;
  }
  EXPECT_EQ(Value().count, 1U);
  EXPECT_GE(Value().sum, internal::kHasTsc ? 1 : 0);
}

// Method: the scope starts by a counter that has begun again, and ends by steady_clock.
TEST_F(ClockJumpTest, ATimerObservesNoDurationThatStartedBeforeTheProcess) {
  Begin();
  const std::uint64_t dropped = DroppedOutOfRange();
  JumpAhead(-kHour);
  {
    const ScopedTimer timer(seconds_);
    static_cast<void>(registry_.TakeSnapshot());
  }
  constexpr std::uint64_t kDropped = internal::kHasTsc ? 1 : 0;
  EXPECT_EQ(DroppedOutOfRange(), dropped + kDropped);
  EXPECT_EQ(Value().count, 1 - kDropped);
}

// Processes of their own: in this one the counter may be given up already, and the kernel is not
// asked any more.
class NewProcessClockTest : public ClockJumpTest {
 protected:
  NewProcessClockTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Relaxed, both: one thread.
  static void ForgetThatTheKernelWasAsked() { internal::kernel_asked.store(0, std::memory_order_relaxed); }
  static bool WasTheKernelAsked() { return internal::kernel_asked.load(std::memory_order_relaxed) != 0; }
};

TEST_F(NewProcessClockTest, ATimerOfALongScopeDoesNotAskTheKernel) {
  const auto time_a_long_scope = [this] {
    Begin();
    scale_.nanoseconds -= kSecond;
    ForgetThatTheKernelWasAsked();
    {
      const ScopedTimer timer(seconds_);
      scale_.nanoseconds += kSecond;
    }
    _exit(WasTheKernelAsked() ? 1 : 0);
  };
  EXPECT_EXIT(time_a_long_scope(), testing::ExitedWithCode(0), "");
}

// Method: the process has no descriptor left to ask with.
TEST_F(NewProcessClockTest, KeepsTheCounterWhereTheKernelCannotBeAsked) {
  const auto ask_without_descriptors = [this] {
    Begin();
    const rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_NOFILE, &none);
    ForgetThatTheKernelWasAsked();
    internal::CheckTsc();
    // Acquire: as Clock does, to read the scale.
    _exit(internal::tsc_scale.load(std::memory_order_acquire) == &scale_ ? 0 : 1);
  };
  EXPECT_EXIT(ask_without_descriptors(), testing::ExitedWithCode(0), "");
}

// Goal: a counter that begins again makes no duration longer than the process, and is not used for
// long. Method: the scale's moment is moved ahead of the counter, as a restart of the counter would
// do.
TEST(ClockTest, ACounterThatBeginsAgainIsGivenUpAtTheNextSnapshot) {
  Registry registry;
  const auto histogram = registry
                             .AddTickHistogram({.name = "a_seconds", .help = "h", .unit = "seconds"},
                                               BucketBounds::From({1}).value(), kNanosecondsPerSecond)
                             .value()
                             .With();
  const std::uint64_t steady = internal::SteadyNanoseconds();
  static constinit internal::TscScale scale{};
  scale = {.tsc = internal::ReadTsc(), .nanoseconds = steady, .nanoseconds_per_tick = std::uint64_t{1} << 32};
  internal::tsc_scale.store(&scale, std::memory_order_release);
  {
    const ScopedTimer timer(histogram);
    scale.tsc += std::uint64_t{1} << 45;
  }
  const auto expiring = registry.AddGauge({.name = "b", .help = "h", .expire_after = std::chrono::seconds(15)}).value();
  expiring.With().Set(1);
  EXPECT_LT(registry.TakeSnapshot().families()[0].As<HistogramValues>()[0].sum, 1);
  // Given up; or, without a counter, never looked at.
  EXPECT_EQ(internal::tsc_scale.load(std::memory_order_acquire), internal::kHasTsc ? nullptr : &scale);
  // Seen by the first snapshot at a time of the new clock: the second one finds it young.
  EXPECT_EQ(registry.TakeSnapshot().families()[1].size(), 1U);
  EXPECT_LE(Clock::NowNanoseconds() - steady, 3'600 * static_cast<std::uint64_t>(kNanosecondsPerSecond));
}

}  // namespace
}  // namespace streamhouse::metrics

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == streamhouse::metrics::kPrintRate) {
    streamhouse::metrics::PrintRate();
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
