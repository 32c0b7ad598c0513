// ScrapePermits: how many pages may be under way at a time.
//
// Invariants:
// 1. Permits that are out and free permits are as many as there are.
// Guarantees: a permit comes back when it is destroyed, also after the ScrapePermits themselves.
// Thread safety: from any thread.
// Cost: a lock.
#pragma once

#include <cstddef>
#include <memory>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {

class ScrapePermits {
  struct State;

 public:
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&&) = default;
    Permit& operator=(Permit&&) = delete;
    ~Permit();

    // Whether there was one.
    explicit operator bool() const { return state_ != nullptr; }

   private:
    friend class ScrapePermits;
    explicit Permit(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
  };

  explicit ScrapePermits(std::size_t count);

  [[nodiscard]] Permit Take() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace streamhouse::exporters
