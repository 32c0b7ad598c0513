// SelectionBudget: the time in which the pages of a server select series, all pages together.
//
// The server answers no other request while it selects. Without a budget, a crowd of clients with
// expensive selectors would keep it from /health, from other scrapers and from its stop.
// When to use something else: RateLimit counts requests; all cost the same there.
// Guarantees: selections take at most the time M at once. On average they take at most
// kSelectionTimePerSecond of each second: after M is used up, it is full again after M * 1 s /
// kSelectionTimePerSecond. What a selection takes beyond its turn is subtracted from later turns.
// For example, M is 1 s, and a selection takes 1.1 s: the next one may begin 400 ms later.
// Thread safety: from any thread. Turns at the same time may use the same time; later turns pay.
// Cost: a lock and a reading of the clock at each end of a turn.
//
//   SelectionBudget::Turn turn(budget);
//   if (!turn.has_time()) return Refuse();
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

  // At a time that does not go back from call to call.
  Duration Left(Time now);
  void Spend(Duration taken);

  // From its construction to its end.
  class Turn {
   public:
    explicit Turn(SelectionBudget& budget)
        : budget_(budget), began_(std::chrono::steady_clock::now()), deadline_(began_ + budget.Left(began_)) {}
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
