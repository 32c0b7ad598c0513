// ScrapePermits: how many pages may be under way at a time.
//
// Guarantees: no more permits are out than there are. A permit comes back when it is destroyed,
// also after the permits themselves.
// Thread safety: from any thread.
// Cost: a lock.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {

class ScrapePermits {
  struct State {
    metrics::Mutex mutex;
    std::size_t free STREAMHOUSE_GUARDED_BY(mutex);
  };

 public:
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&&) = default;
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (state_ == nullptr) return;
      const metrics::MutexLock lock(state_->mutex);
      ++state_->free;
    }

    // Whether there was one.
    explicit operator bool() const { return state_ != nullptr; }

   private:
    friend class ScrapePermits;
    explicit Permit(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  explicit ScrapePermits(std::size_t count) : state_(std::make_shared<State>()) { state_->free = count; }

  [[nodiscard]] Permit Take() const {
    const metrics::MutexLock lock(state_->mutex);
    if (state_->free == 0) return {};
    --state_->free;
    return Permit(state_);
  }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace streamhouse::exporters
