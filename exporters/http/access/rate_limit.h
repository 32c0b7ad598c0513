// RateLimit: how often a server answers, all clients together: a bucket of tokens, as that of
// exporter-toolkit.
//
// When to use something else: Limits for what one client may cost.
// Guarantees:
// 1. The bucket begins with `burst` tokens, gets one in each interval, and never has more than
//    `burst`.
// 2. A request takes one, or is refused.
// Thread safety: one thread at a time.
// Cost: a few operations.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace streamhouse::exporters {

struct RateLimitConfig {
  std::chrono::nanoseconds interval{0};  // 0: no limit
  std::uint32_t burst = 0;               // at least 1 where there is an interval
};

class RateLimit {
 public:
  explicit RateLimit(RateLimitConfig config) : config_(config), tokens_(config.burst) {}

  // Whether a request at this time may be answered. Time does not go back from call to call.
  bool Take(std::chrono::steady_clock::time_point now) {
    if (config_.interval.count() == 0) return true;
    if (last_ != std::chrono::steady_clock::time_point()) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min<double>(config_.burst, tokens_ + passed / std::chrono::duration<double>(config_.interval));
    }
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  const RateLimitConfig config_;
  double tokens_;
  std::chrono::steady_clock::time_point last_;  // when tokens_ was right; the epoch: not yet
};

}  // namespace streamhouse::exporters
