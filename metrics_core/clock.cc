#include "metrics_core/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <optional>
#include <string_view>

#include "metrics_core/internal/int128.h"

namespace streamhouse::metrics::internal {

constinit std::atomic<const TscScale*> tsc_scale{nullptr};
constinit std::atomic<std::uint64_t> kernel_asked{0};

namespace {

struct Moment {
  std::uint64_t tsc = 0;
  std::uint64_t nanoseconds = 0;
};

// Reads both clocks several times and returns the quickest reading. A thread that loses its
// processor between the two clocks, or loads the code of one, would see another rate.
Moment TakeMoment() noexcept {
  constexpr int kAttempts = 8;
  Moment best;
  std::uint64_t shortest = UINT64_MAX;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    // The counter first: the time by the counter is then ahead of steady_clock by the time between
    // the two readings. A thread that changes from steady_clock to the counter never sees time run
    // backwards.
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

// Whether the kernel keeps time by the counter: it then has watched the counter of every processor.
// Nothing where its response cannot be read, for example without a free descriptor.
std::optional<bool> KernelTrustsTsc() {
  const int file = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  char name[32];
  const ssize_t size = read(file, name, sizeof(name));
  close(file);
  if (size <= 0) return std::nullopt;
  return std::string_view(name, static_cast<std::size_t>(size)) == "tsc\n";
}

// What is known of the counter. It never leaves kGivenUp.
enum class TscTrust : std::uint8_t { kUnknown, kTrusted, kGivenUp };
constinit std::atomic<TscTrust> tsc_trust{TscTrust::kUnknown};

void GiveUpTsc() noexcept {
  // Relaxed: the release below publishes it.
  tsc_trust.store(TscTrust::kGivenUp, std::memory_order_relaxed);
  // Release: pairs with the acquires in Clock::NowNanoseconds and NowWithoutTsc. A thread that
  // reads this null sees that the counter is given up. A thread that still has the scale, which is
  // never freed, reads the counter one last time.
  tsc_scale.store(nullptr, std::memory_order_release);
}

// A response that cannot be read changes nothing.
void AskKernel(std::uint64_t steady) noexcept {
  // Relaxed: at worst two threads ask.
  kernel_asked.store(steady, std::memory_order_relaxed);
  const std::optional<bool> trusts = KernelTrustsTsc();
  if (!trusts) return;
  if (!*trusts) return GiveUpTsc();
  TscTrust unknown = TscTrust::kUnknown;
  // Relaxed, both: a flag that orders nothing.
  tsc_trust.compare_exchange_strong(unknown, TscTrust::kTrusted, std::memory_order_relaxed, std::memory_order_relaxed);
}

bool AreApart(std::int64_t difference, std::uint64_t since_calibration) {
  const auto allowed = kTscSlackNanoseconds + static_cast<std::int64_t>(since_calibration / kTscSlackPart);
  return difference > allowed || difference < -allowed;
}

// The first recording does not wait for a system call: the kernel is asked before.
Moment TakeFirstMoment() noexcept {
  if constexpr (kHasTsc) AskKernel(SteadyNanoseconds());
  return TakeMoment();
}

// As early as possible, so that the calibration is over soon.
const Moment process_start = TakeFirstMoment();

void GiveUpTscWhereApart() noexcept {
  // Acquire: pairs with the release in NowWithoutTsc, so that the scale is visible.
  const TscScale* const scale = tsc_scale.load(std::memory_order_acquire);
  if (scale == nullptr) return;
  // Between two readings of steady_clock. A thread that is stopped meanwhile finds the two readings
  // far apart, and keeps the counter.
  const std::uint64_t before = SteadyNanoseconds();
  const std::uint64_t by_tsc = Clock::NowNanoseconds();
  const std::uint64_t after = SteadyNanoseconds();
  const auto outside = std::max(static_cast<std::int64_t>(before - by_tsc), static_cast<std::int64_t>(by_tsc - after));
  if (outside > 0 && AreApart(outside, after - scale->nanoseconds)) GiveUpTsc();
}

}  // namespace

std::uint64_t NowWithoutTsc() noexcept {
  const std::uint64_t steady = SteadyNanoseconds();
  // During static initialisation, process_start may not be there yet; zero is no start.
  const bool has_start = process_start.nanoseconds != 0;
  // Relaxed: behind the acquire in Clock::NowNanoseconds that has read null.
  if (tsc_trust.load(std::memory_order_relaxed) != TscTrust::kTrusted || !has_start ||
      steady - process_start.nanoseconds < kTscCalibrationNanoseconds)
    return steady;
  const Moment now = TakeMoment();
  const std::uint64_t elapsed = now.nanoseconds - process_start.nanoseconds;
  const auto rate = (static_cast<Uint128>(elapsed) << 32) / (now.tsc - process_start.tsc);
  const auto* const scale = new (std::nothrow) TscScale{
      .tsc = now.tsc, .nanoseconds = now.nanoseconds, .nanoseconds_per_tick = static_cast<std::uint64_t>(rate)};
  if (scale == nullptr) return now.nanoseconds;
  const TscScale* expected = nullptr;
  // Release: pairs with the acquire in Clock::NowNanoseconds. Acquire: pairs with the release in
  // GiveUpTsc, which may have stored this null. Relaxed on failure: another thread was first, and
  // its scale is as good.
  if (!tsc_scale.compare_exchange_strong(expected, scale, std::memory_order_acq_rel, std::memory_order_relaxed)) {
    delete scale;
    return now.nanoseconds;
  }
  // Another thread may have given the counter up since the look at the top. Relaxed: behind the
  // acquire of the exchange.
  if (tsc_trust.load(std::memory_order_relaxed) == TscTrust::kGivenUp) GiveUpTsc();
  return now.nanoseconds;
}

void CheckTsc() noexcept {
  if constexpr (!kHasTsc) return;
  GiveUpTscWhereApart();
  const std::uint64_t steady = SteadyNanoseconds();
  // Relaxed, both: at worst two threads ask, or one asks too late by a snapshot.
  if (tsc_trust.load(std::memory_order_relaxed) != TscTrust::kGivenUp &&
      steady - kernel_asked.load(std::memory_order_relaxed) >= kKernelAskNanoseconds) {
    AskKernel(steady);
  }
}

bool IsTooLong(std::uint64_t start, std::uint64_t took) noexcept {
  GiveUpTscWhereApart();
  const std::uint64_t steady = SteadyNanoseconds();
  const std::uint64_t age = steady - process_start.nanoseconds;
  // A start may be too early by a counter that had begun again: then only the age shows it. A
  // thread that lost its processor since the end of the duration is on the other side of both
  // comparisons.
  const auto excess =
      std::max(static_cast<std::int64_t>(took - (steady - start)), static_cast<std::int64_t>(took - age));
  return excess > 0 && AreApart(excess, age);
}

}  // namespace streamhouse::metrics::internal
