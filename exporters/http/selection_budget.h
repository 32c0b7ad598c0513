// SelectionBudget: the time in which the pages of a server select series, all pages together. M is
// the most that can be saved up.
//
// The server answers no other request while it selects. Without a budget, a crowd of clients with
// expensive selectors would keep it from /health, from other scrapers and from its stop.
// When to use something else: RateLimit counts requests; all cost the same there.
// Guarantees:
// 1. A turn may begin if any time is left, and is not asked for time again. So a selection that
//    needs most of M gets its turn, however often small ones come.
// 2. What the work of a turn takes is subtracted, but for what 3 leaves out, and
//    kSelectionTimePerSecond comes back in each second, up to M. So on average selections take at
//    most that share of the time.
// 3. A piece of work is charged at most 2 * M: the budget does not pay for a process that was
//    stopped. Selectors are compiled without a deadline. What that takes beyond 2 * M is not
//    charged either.
// Invariants:
// 1. No more than M is left.
// For example, M is 1 s, 100 ms are left, and a selection takes 900 ms: 800 ms are owed, and the
// next one may begin after 3.2 s.
// Thread safety: from any thread. Turns at the same time may use the same time; later turns pay.
// Cost: a lock and a reading of the clock for a turn; the same and one reading more for a piece of
// work.
//
//   SelectionBudget::Turn turn(budget);
//   if (!turn.has_time()) return Refuse(budget.RetryAfter(now));
//   turn.Charge([&] { return SelectedView(families, selection, escaping, deadline); });
#pragma once

#include <chrono>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {

inline constexpr std::chrono::milliseconds kSelectionTimePerSecond{250};

class SelectionBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  // It is full.
  explicit SelectionBudget(Duration most) : most_(most), left_(most) {}

  // At a time that does not go back from call to call. Below zero: what is owed.
  Duration Left(Time now);
  // In whole seconds, at least one: when time is left again, unless other turns take it.
  std::chrono::seconds RetryAfter(Time now);
  void Spend(Duration taken);

  // The turn of one request.
  class Turn {
   public:
    explicit Turn(SelectionBudget& budget)
        : budget_(budget), has_time_(budget.Left(std::chrono::steady_clock::now()) > Duration::zero()) {}

    bool has_time() const { return has_time_; }
    // Returns what `work` returns. A turn may have several pieces of work.
    template <typename Work>
    auto Charge(const Work& work) {
      const Piece piece(budget_);
      return work();
    }

   private:
    class Piece {
     public:
      explicit Piece(SelectionBudget& budget) : budget_(budget), began_(std::chrono::steady_clock::now()) {
        // Bounds what came back before the work by M. Whether any is left, the turn has asked.
        static_cast<void>(budget_.Left(began_));
      }
      Piece(const Piece&) = delete;
      Piece& operator=(const Piece&) = delete;
      ~Piece() { budget_.Spend(std::chrono::steady_clock::now() - began_); }

     private:
      SelectionBudget& budget_;
      const Time began_;
    };

    SelectionBudget& budget_;
    const bool has_time_;
  };

 private:
  // Immutable after construction.
  const Duration most_;

  metrics::Mutex mutex_;
  Duration left_ STREAMHOUSE_GUARDED_BY(mutex_);  // below zero: paid back first
  Time filled_ STREAMHOUSE_GUARDED_BY(mutex_);    // when left_ was right; the epoch: not yet
};

}  // namespace streamhouse::exporters
