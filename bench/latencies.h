// Latencies: how long records took, for percentiles.
//
// When to use something else: the histograms of metrics_core, which are what is measured here.
// Guarantees: exact percentiles of everything noted.
// Thread safety: any thread.
// Cost: a lock and eight bytes a note.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

namespace streamhouse::bench {

class Latencies {
 public:
  void Note(std::chrono::steady_clock::duration latency) {
    const std::lock_guard lock(mutex_);
    milliseconds_.push_back(std::chrono::duration<double, std::milli>(latency).count());
  }

  // 0 when nothing was noted.
  double Percentile(double p) {
    const std::lock_guard lock(mutex_);
    if (milliseconds_.empty()) return 0;
    const auto last = static_cast<double>(milliseconds_.size() - 1);
    const auto at = milliseconds_.begin() + static_cast<std::ptrdiff_t>(p * last);
    std::nth_element(milliseconds_.begin(), at, milliseconds_.end());
    return *at;
  }

 private:
  std::mutex mutex_;
  std::vector<double> milliseconds_;  // guarded by mutex_
};

}  // namespace streamhouse::bench
