// TimestampClock: milliseconds since the Unix epoch for a reading of the monotonic clock, so that
// one reading per record serves its timestamp, the linger and the durations.
//
// When to use something else: std::chrono::system_clock, where the monotonic clock is not read
// anyway.
// Guarantees: within a millisecond of the system's clock, and at most kResyncEvery behind a step of
// it.
// Thread safety: none, the owner locks.
// Cost: a subtraction; a reading of the system's clock every kResyncEvery.
#pragma once

#include <chrono>
#include <cstdint>

namespace streamhouse::client {

class TimestampClock {
 public:
  static constexpr std::chrono::nanoseconds kResyncEvery = std::chrono::milliseconds(100);

  // `now` is a reading of metrics::Clock, in nanoseconds, just made.
  std::int64_t MillisecondsAt(std::uint64_t now) {
    if (now >= resync_at_) Resync(now);
    return (static_cast<std::int64_t>(now) + epoch_minus_monotonic_) / kNanosecondsPerMillisecond;
  }

 private:
  static constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;

  void Resync(std::uint64_t now) {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    epoch_minus_monotonic_ = std::chrono::nanoseconds(since_epoch).count() - static_cast<std::int64_t>(now);
    resync_at_ = now + static_cast<std::uint64_t>(kResyncEvery.count());
  }

  std::int64_t epoch_minus_monotonic_ = 0;
  std::uint64_t resync_at_ = 0;
};

}  // namespace streamhouse::client
