#include "exporters/http/selection_budget.h"

#include <algorithm>

#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {

SelectionBudget::Duration SelectionBudget::Left(Time now) {
  const metrics::MutexLock lock(mutex_);
  if (filled_ != Time() && now > filled_) {
    const std::chrono::duration<double> passed = now - filled_;
    const std::chrono::duration<double> refill = passed.count() * kSelectionTimePerSecond;
    // As numbers with a point, because a long pause times its share would not fit.
    const std::chrono::duration<double> sum = std::chrono::duration<double>(left_) + refill;
    left_ = std::chrono::duration_cast<Duration>(std::min<std::chrono::duration<double>>(most_, sum));
  }
  // Invariant 1.
  metrics::DCheck([&] { return mutex_.AssertHeld(), left_ <= most_; }, "a budget holds no more than its most");
  filled_ = std::max(filled_, now);
  return left_;
}

std::chrono::seconds SelectionBudget::RetryAfter(Time now) {
  const Duration owed = std::max(-Left(now), Duration::zero());
  // Rounded down, and one more: where all is paid back, none is left yet.
  return std::chrono::seconds(owed / kSelectionTimePerSecond + 1);
}

void SelectionBudget::Spend(Duration taken) {
  const metrics::MutexLock lock(mutex_);
  left_ -= std::min(taken, 2 * most_);
}

}  // namespace streamhouse::exporters
