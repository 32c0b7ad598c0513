// SelectionBudget: the time in which the pages of a server select series, all pages together.
//
// The server answers no other request while it selects. Without a budget, a crowd of clients with
// expensive selectors would keep it from /health, from other scrapers and from its stop.
// When to use something else: RateLimit counts requests; all cost the same there.
// Guarantees:
// 1. A turn has the whole time M if any time is left, and none otherwise. So a selection that needs
//    most of M gets its turn, however often small ones come.
// 2. What a turn takes is subtracted, and kSelectionTimePerSecond comes back in each second, up to
//    M. So on average selections take at most that share of the time.
// 3. A turn is charged at most 2 * M. One that takes more was stopped with its process, and has
//    kept no other request waiting for its selectors.
// For example, M is 1 s, 100 ms are left, and a selection takes 900 ms: 800 ms are owed, and the
// next one may begin after 3.2 s.
// Thread safety: from any thread. Turns at the same time may use the same time; later turns pay.
// Cost: a lock and a reading of the clock at each end of a turn.
//
//   SelectionBudget::Turn turn(budget);
//   if (!turn.has_time()) return Refuse(budget.RetryAfter(now));
//   SelectedView(families, selection, escaping, turn.deadline());
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

  // From its construction to its end.
  class Turn {
   public:
    explicit Turn(SelectionBudget& budget)
        : budget_(budget),
          began_(std::chrono::steady_clock::now()),
          deadline_(budget.Left(began_) > Duration::zero() ? began_ + budget.most_ : began_) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { budget_.Spend(std::chrono::steady_clock::now() - began_); }

    bool has_time() const { return deadline_ > began_; }
    Time deadline() const { return deadline_; }

   private:
    SelectionBudget& budget_;
    const Time began_;
    const Time deadline_;
  };

 private:
  const Duration most_;
  metrics::Mutex mutex_;
  Duration left_ STREAMHOUSE_GUARDED_BY(mutex_);  // below zero: paid back first
  Time filled_ STREAMHOUSE_GUARDED_BY(mutex_);    // when left_ was right; the epoch: not yet
};

}  // namespace streamhouse::exporters
