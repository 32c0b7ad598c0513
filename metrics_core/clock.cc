#include "metrics_core/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <new>
#include <string_view>

#include "metrics_core/internal/int128.h"

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

// As early as possible, so that the calibration is over soon.
const Moment process_start = TakeMoment();

}  // namespace

std::uint64_t NowWithoutTsc() noexcept {
  static const bool is_trusted = kHasTsc && KernelTrustsTsc();
  const std::uint64_t steady = SteadyNanoseconds();
  // During static initialisation, process_start may not be there yet; zero is no start.
  const bool has_start = process_start.nanoseconds != 0;
  if (!is_trusted || !has_start || steady - process_start.nanoseconds < kCalibrationNanoseconds) return steady;
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

}  // namespace streamhouse::metrics::internal
