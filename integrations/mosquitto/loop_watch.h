// LoopWatch: when the broker's main loop last passed.
//
// Mosquitto serves all clients from one thread. While that thread is held up, as by a slow disk, no
// message moves.
// When to use something else: none; the broker itself does not report passes of its loop.
// Guarantees:
// 1. Ages are right to within the tick of a coarse clock, some milliseconds.
// 2. An idle broker of 2.0 passes ten times a second.
// Thread safety: Pass() and SawClient() from the thread of the broker, all else from any thread.
// Cost: Pass() is a read of a coarse clock. A loaded broker passes about once for each packet.
// Limits: with `per_listener_settings true`, Mosquitto 2.0 does not report passes to plugins, and
// HasPassed() stays false. An event of a client then shows that the loop has begun.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "integrations/mosquitto/coarse_clock.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// A loop that is silent for longer makes the broker not ready.
inline constexpr std::chrono::seconds kLoopSilenceMax{5};

class LoopWatch {
 public:
  explicit LoopWatch(NowFunction now) : now_(now), began_(now()) {}

  void Pass() {
    // Relaxed: a time is read for its own sake and orders nothing.
    last_pass_.store(now_(), std::memory_order_relaxed);
  }

  // The broker has reported an event of a client.
  void SawClient() {
    // Relaxed: a flag that is read for its own sake and orders nothing.
    has_seen_client_.store(true, std::memory_order_relaxed);
  }

  bool HasPassed() const { return last_pass() != kNever; }

  // Since the last pass; since this object was made where there was none.
  std::chrono::nanoseconds Silence() const;

  // Unavailable until the first pass or event of a client, and where the loop is silent for longer
  // than kLoopSilenceMax. Ok where only events of clients were seen: no silence can be known.
  metrics::Status Check() const;

 private:
  static constexpr std::int64_t kNever = -1;

  std::int64_t last_pass() const {
    // Relaxed: as in Pass().
    return last_pass_.load(std::memory_order_relaxed);
  }

  // Immutable after construction.
  const NowFunction now_;
  const std::int64_t began_;

  // Written by the thread of the broker, read by any, relaxed.
  std::atomic<std::int64_t> last_pass_{kNever};
  std::atomic<bool> has_seen_client_{false};
};

}  // namespace streamhouse::mosquitto_plugin
