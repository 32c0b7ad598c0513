// DeferredLog: lines that any thread has for the broker's log, which only the broker's thread may
// write.
//
// When to use something else: mosquitto_log_printf(), in a callback of the broker.
// Guarantees:
// 1. Lines come out in their order.
// 2. Of more than kDeferredLinesMax lines that wait, the newest ones are dropped, and Drain() says
//    how many.
// Thread safety: Add() from any thread, Drain() from that of the broker.
// Cost: while no line waits, Drain() is one load.
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

  void Drain(const std::function<void(const std::string& line)>& write) STREAMHOUSE_EXCLUDES(mutex_) {
    // Relaxed: Write() takes the lock, under which the lines are.
    if (has_lines_.load(std::memory_order_relaxed)) [[unlikely]]
      Write(write);
  }

 private:
  void Write(const std::function<void(const std::string& line)>& write) STREAMHOUSE_EXCLUDES(mutex_);

  std::atomic<bool> has_lines_{false};  // a hint; written under mutex_
  metrics::Mutex mutex_;
  std::vector<std::string> lines_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::size_t dropped_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::mosquitto_plugin
