// DeferredLog: lines that any thread has for the broker's log, which only the broker's thread may
// write.
//
// When to use something else: mosquitto_log_printf(), in a callback of the broker.
// Guarantees:
// 1. Lines come out in their order.
// 2. Of more than kDeferredLinesMax lines that wait, the newest ones are dropped, and Write() says
//    how many.
// Thread safety: Add() and HasLines() from any thread, Write() from that of the broker.
// Cost: HasLines() is one load.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/mutex.h"

namespace streamhouse::mosquitto_plugin {

inline constexpr std::size_t kDeferredLinesMax = 100;

class DeferredLog {
 public:
  void Add(std::string_view line) STREAMHOUSE_EXCLUDES(mutex_);

  // A line that another thread adds at this moment may be missed: ask again with the next event.
  bool HasLines() const {
    // Relaxed: a hint. Write() takes the lock, under which the lines are.
    return has_lines_.load(std::memory_order_relaxed);
  }

  void Write(const std::function<void(const std::string& line)>& write) STREAMHOUSE_EXCLUDES(mutex_);

 private:
  // Read by any thread, relaxed: a hint. Written under mutex_.
  std::atomic<bool> has_lines_{false};

  metrics::Mutex mutex_;
  std::vector<std::string> lines_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::size_t dropped_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::mosquitto_plugin
