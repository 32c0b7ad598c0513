#include "metrics_core/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <new>
#include <string_view>

#include "metrics_core/internal/cells/int128.h"

namespace streamhouse::metrics::internal {

constinit std::atomic<const TscScale*> tsc_scale{nullptr};

namespace {

// Two readings of steady_clock are off by some tens of nanoseconds each: millionths of this.
constexpr std::uint64_t kCalibrationNanoseconds = 20'000'000;

struct Moment {
  std::uint64_t tsc = 0;
  std::uint64_t nanoseconds = 0;
};

// The moment of several in whose reading the least time went by: a thread that loses its processor between the two
// clocks, or loads the code of one, would see another rate.
Moment TakeMoment() noexcept {
  constexpr int kAttempts = 8;
  Moment best;
  std::uint64_t shortest = UINT64_MAX;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    // The counter first: a line through the moment is then ahead of steady_clock by the time between the two readings,
    // and a thread that changes from one to the other does not see time run backwards.
    const std::uint64_t tsc = ReadTsc();
    const std::uint64_t nanoseconds = SteadyNanoseconds();
    const std::uint64_t took = ReadTsc() - tsc;
    if (took < shortest) {
      shortest = took;
      best = {.tsc = tsc, .nanoseconds = nanoseconds};
    }
  }
  return best;
}

// The kernel has watched the counter of every processor before it keeps time by it.
bool KernelTrustsTsc() {
  const int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char name[32];
  const ssize_t size = read(file, name, sizeof(name));
  close(file);
  return size > 0 && std::string_view(name, static_cast<std::size_t>(size)) == "tsc\n";
}

// Whether the counter was given up.
constinit std::atomic<bool> is_given_up{false};

// Nanoseconds of steady_clock when the kernel was last asked.
constinit std::atomic<std::uint64_t> kernel_asked{0};
constexpr std::uint64_t kAskKernelEvery = 10'000'000'000;

// How far the two clocks may be apart: their rates differ by millionths, and steady_clock is slewed by up to 500.
bool AreApart(std::int64_t difference, std::uint64_t since_calibration) {
  constexpr std::int64_t kSlack = 1'000'000'000;
  const auto allowed = kSlack + static_cast<std::int64_t>(since_calibration / 1'000);
  return difference > allowed || difference < -allowed;
}

// As early as possible, so that the calibration is over soon.
const Moment process_start = TakeMoment();

}  // namespace

std::uint64_t NowWithoutTsc() noexcept {
  static const bool is_trusted = kHasTsc && KernelTrustsTsc();
  const std::uint64_t steady = SteadyNanoseconds();
  // During static initialisation, process_start may not be there yet; zero is no start.
  const bool has_start = process_start.nanoseconds != 0;
  // Relaxed: a flag that orders nothing.
  if (!is_trusted || is_given_up.load(std::memory_order_relaxed) || !has_start ||
      steady - process_start.nanoseconds < kCalibrationNanoseconds)
    return steady;
  const Moment now = TakeMoment();
  const std::uint64_t elapsed = now.nanoseconds - process_start.nanoseconds;
  const auto rate = (static_cast<Uint128>(elapsed) << 32) / (now.tsc - process_start.tsc);
  const auto* const scale = new (std::nothrow) TscScale{
      .tsc = now.tsc, .nanoseconds = now.nanoseconds, .nanoseconds_per_tick = static_cast<std::uint64_t>(rate)};
  if (scale == nullptr) return now.nanoseconds;
  const TscScale* expected = nullptr;
  // Release: pairs with the acquire in Clock::NowNanoseconds. Relaxed on failure: another thread was first, and its
  // scale is as good.
  if (!tsc_scale.compare_exchange_strong(expected, scale, std::memory_order_release, std::memory_order_relaxed)) {
    delete scale;
  }
  return now.nanoseconds;
}

void CheckTsc() noexcept {
  // Acquire: pairs with the release in NowWithoutTsc, so that the scale is visible.
  const TscScale* const scale = tsc_scale.load(std::memory_order_acquire);
  if (scale == nullptr) return;
  const std::uint64_t by_tsc = Clock::NowNanoseconds();
  const std::uint64_t steady = SteadyNanoseconds();
  bool is_wrong = AreApart(static_cast<std::int64_t>(by_tsc - steady), steady - scale->nanoseconds);
  // Relaxed, both: at worst two threads ask.
  if (!is_wrong && steady - kernel_asked.load(std::memory_order_relaxed) >= kAskKernelEvery) {
    kernel_asked.store(steady, std::memory_order_relaxed);
    is_wrong = !KernelTrustsTsc();
  }
  if (!is_wrong) return;
  // Relaxed, both: a thread that still has the scale, which is never freed, reads the counter once more.
  is_given_up.store(true, std::memory_order_relaxed);
  tsc_scale.store(nullptr, std::memory_order_relaxed);
}

bool IsTooLong(std::uint64_t start, std::uint64_t took) noexcept {
  CheckTsc();
  const std::uint64_t steady = SteadyNanoseconds();
  // A thread that lost its processor since the end of the duration is on the other side of this comparison.
  const auto excess = static_cast<std::int64_t>(took - (steady - start));
  return excess > 0 && AreApart(excess, steady - process_start.nanoseconds);
}

}  // namespace streamhouse::metrics::internal
