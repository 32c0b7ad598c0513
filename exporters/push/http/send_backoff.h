// SendBackoff: how long a sender waits before it sends a body again.
//
// When to use something else: PushSchedule (push_schedule.h), for the time of the next push.
// Guarantees: the delay doubles from kSendRetryDelayMin to kSendRetryDelayMax, less up to half of
// it at random, so that a fleet does not come back at once.
// Thread safety: one thread at a time.
// Cost: a random number for each delay.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace streamhouse::exporters {

inline constexpr std::chrono::milliseconds kSendRetryDelayMin{500};
inline constexpr std::chrono::milliseconds kSendRetryDelayMax{5000};

class SendBackoff {
 public:
  explicit SendBackoff(std::uint64_t seed) : random_(seed) {}

  // For a new body.
  void Restart() { delay_ = kSendRetryDelayMin; }

  std::chrono::milliseconds Next() {
    using Count = std::chrono::milliseconds::rep;
    std::uniform_int_distribution<Count> jittered(delay_.count() / 2, delay_.count());
    delay_ = std::min(2 * delay_, kSendRetryDelayMax);
    return std::chrono::milliseconds(jittered(random_));
  }

 private:
  std::chrono::milliseconds delay_ = kSendRetryDelayMin;
  std::mt19937_64 random_;
};

}  // namespace streamhouse::exporters
