#include "agent/lease/lease.h"

#include <time.h>

namespace streamhouse::agent {

metrics::Status LeaseTiming::Validate() const {
  constexpr std::chrono::milliseconds kNone{0};
  const bool positive = duration > kNone && renew_interval > kNone && safety_margin > kNone && retry_interval > kNone;
  if (positive && renew_interval + safety_margin < duration) return metrics::Status::Ok();
  return {metrics::StatusCode::kInvalidArgument,
          "a lease of " + std::to_string(duration.count()) + " ms cannot be renewed every " +
              std::to_string(renew_interval.count()) + " ms with a safety margin of " +
              std::to_string(safety_margin.count()) + " ms"};
}

std::chrono::nanoseconds BootTime() {
  timespec now = {};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

metrics::Result<std::uint64_t> Lease::Epoch() const {
  const std::chrono::nanoseconds now = clock_();
  const metrics::MutexLock lock(mutex_);
  if (abandoned_because_) {
    return metrics::Status(metrics::StatusCode::kFailedPrecondition,
                           "this agent has given up the lease of " + name_ + ": " + *abandoned_because_);
  }
  if (epoch_ != 0 && now < valid_until_) return epoch_;
  std::string reason = "this agent does not hold the lease of " + name_;
  if (!other_holder_.empty()) {
    reason += ": " + other_holder_ + " does";
  } else if (!trouble_.empty()) {
    reason += ", which cannot be renewed: " + trouble_;
  }
  return metrics::Status(metrics::StatusCode::kFailedPrecondition, std::move(reason));
}

metrics::Status Lease::MayRead() const {
  const metrics::MutexLock lock(mutex_);
  if (other_holder_.empty()) return metrics::Status::Ok();
  return {metrics::StatusCode::kFailedPrecondition,
          "this agent does not hold the lease of " + name_ + ": " + other_holder_ + " does"};
}

std::chrono::nanoseconds Lease::valid_until() const {
  const metrics::MutexLock lock(mutex_);
  return valid_until_;
}

void Lease::Grant(std::uint64_t epoch, std::chrono::nanoseconds valid_until) {
  const metrics::MutexLock lock(mutex_);
  epoch_ = epoch;
  valid_until_ = valid_until;
  other_holder_.clear();
}

void Lease::Withdraw(const std::string& holder) {
  const metrics::MutexLock lock(mutex_);
  epoch_ = 0;
  other_holder_ = holder;
}

void Lease::NoteTrouble(const std::string& reason) {
  const metrics::MutexLock lock(mutex_);
  trouble_ = reason;
}

void Lease::Abandon(const std::string& reason) {
  const metrics::MutexLock lock(mutex_);
  abandoned_because_ = reason;
}

bool Lease::abandoned() const {
  const metrics::MutexLock lock(mutex_);
  return abandoned_because_.has_value();
}

}  // namespace streamhouse::agent
