#include "exporters/http/scrape_permits.h"

#include <utility>

#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {

using metrics::DCheck;

struct ScrapePermits::State {
  explicit State(std::size_t permits) : count(permits), free(permits) {}

  const std::size_t count;
  metrics::Mutex mutex;
  std::size_t free STREAMHOUSE_GUARDED_BY(mutex);
};

ScrapePermits::Permit::Permit(std::shared_ptr<State> state) : state_(std::move(state)) {}

ScrapePermits::Permit::~Permit() {
  if (state_ == nullptr) return;
  const metrics::MutexLock lock(state_->mutex);
  ++state_->free;
  // Invariant 1.
  DCheck([this]() STREAMHOUSE_UNCHECKED { return state_->free <= state_->count; }, "a permit comes back once");
}

ScrapePermits::ScrapePermits(std::size_t count) : state_(std::make_shared<State>(count)) {}

ScrapePermits::Permit ScrapePermits::Take() const {
  const metrics::MutexLock lock(state_->mutex);
  if (state_->free == 0) return {};
  --state_->free;
  // Invariant 1.
  DCheck([this]() STREAMHOUSE_UNCHECKED { return state_->free < state_->count; }, "a permit that is out is not free");
  return Permit(state_);
}

}  // namespace streamhouse::exporters
