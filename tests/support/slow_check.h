// SlowCheck: a health check that waits until it is released.
//
// Guarantees: released at the latest by the destructor.
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <latch>

#include "metrics_core/health.h"
#include "metrics_core/status.h"
#include "tests/support/eventually.h"

namespace streamhouse {

class SlowCheck {
 public:
  // `health` must outlive the check.
  explicit SlowCheck(metrics::Health& health)
      : token_(health.Add("slow", [this] {
          is_running_ = true;
          ++evaluations_;
          const bool is_released = InTime(released_);
          is_running_ = false;
          return is_released ? metrics::Status::Ok() : metrics::Status(metrics::StatusCode::kInternal, "not released");
        })) {}
  ~SlowCheck() { Release(); }
  SlowCheck(const SlowCheck&) = delete;
  SlowCheck& operator=(const SlowCheck&) = delete;

  // It returns OK from now on. From one thread.
  void Release() {
    if (!released_.try_wait()) released_.count_down();
  }

  bool EventuallyBegins() const {
    return Eventually([this] { return evaluations_ > 0; });
  }
  int evaluations() const { return evaluations_; }
  bool is_running() const { return is_running_; }

 private:
  std::latch released_{1};
  std::atomic<int> evaluations_ = 0;
  std::atomic<bool> is_running_ = false;
  const metrics::Health::Token token_;
};

}  // namespace streamhouse
