// LeaseWatch: tells when another holder's lease has ended, by watching its row in the store.
//
// Invariants:
// 1. A lease has ended only if its row has not changed for the duration that is written in it.
// 2. The time counts from the moment when the watcher first saw the row in this form, by the
//    watcher's own monotonic clock.
// Guarantees:
// 1. No jump of a wall clock, or of the store's clock, ends a lease or keeps it.
// 2. The holder stops earlier, by its own clock (lease.h).
// Example: a row that lasts 30 s, seen first at 5 s, has ended at 35 s, if it is unchanged then.
// Thread safety: none, the owner locks.
// Cost: a comparison.
#pragma once

#include <chrono>
#include <optional>

#include "agent/metadata/lease_row.h"

namespace streamhouse::agent {

class LeaseWatch {
 public:
  // The store has shown `row` at the time `now`.
  void Observe(const LeaseRow& row, std::chrono::nanoseconds now) {
    if (row_ && row_->version() == row.version()) return;
    row_ = row;
    since_ = now;
  }
  void Forget() { row_.reset(); }

  // For LeaseClaim::ended.
  std::optional<LeaseVersion> Ended(std::chrono::nanoseconds now) const {
    if (!row_ || now - since_ < row_->duration) return std::nullopt;
    return row_->version();
  }

 private:
  std::optional<LeaseRow> row_;
  std::chrono::nanoseconds since_{0};
};

}  // namespace streamhouse::agent
