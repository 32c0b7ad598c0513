// PushSchedule: when the next push is due.
//
// When to use something else: PushLoop, which waits for these times and pushes.
// Guarantees:
// 1. After a success the next push is due an interval later.
// 2. After a failure it is due kRetryDelayMin later. Each further failure in a row doubles that
//    delay, up to the interval.
// 3. Each delay is shorter or longer by up to kPushJitter of it, at random, so that a fleet that
//    was started at once does not push at once.
//    Example: with an interval of 5 s, failures in a row give about 1, 2, 4, 5 and 5 s.
// Thread safety: one thread at a time. Pure but for its own random numbers.
// Cost: a random number for each delay.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace streamhouse::exporters {

inline constexpr std::chrono::milliseconds kRetryDelayMin{1000};
inline constexpr double kPushJitter = 0.1;  // of each delay, up or down

class PushSchedule {
 public:
  PushSchedule(std::chrono::milliseconds interval, std::uint64_t seed) : interval_(interval), random_(seed) {}

  std::chrono::milliseconds AfterSuccess() {
    retry_delay_ = kRetryDelayMin;
    return Jittered(interval_);
  }

  std::chrono::milliseconds AfterFailure() {
    const std::chrono::milliseconds delay = std::min(retry_delay_, interval_);
    retry_delay_ = std::min(2 * retry_delay_, interval_);
    return Jittered(delay);
  }

 private:
  std::chrono::milliseconds Jittered(std::chrono::milliseconds delay) {
    std::uniform_real_distribution<double> factor(1 - kPushJitter, 1 + kPushJitter);
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor(random_)));
  }

  const std::chrono::milliseconds interval_;
  std::chrono::milliseconds retry_delay_ = kRetryDelayMin;
  std::mt19937_64 random_;
};

}  // namespace streamhouse::exporters
