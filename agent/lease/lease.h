// Lease: whether this agent may write to one partition now, and under which epoch.
//
// When to use something else: LeaseKeeper gets and renews leases; MetadataStore decides about them.
// Guarantees:
// 1. Epoch() answers only while the lease has not expired, less the safety margin, by a local clock
//    that neither jumps nor stops while the machine is suspended.
// 2. A lease may end before its epoch is used: therefore the log refuses an epoch that is too old.
// Thread safety: any thread.
// Cost: one short lock and one clock reading.
// Errors: FailedPrecondition while not held.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

// How long a lease lasts in the store.
inline constexpr std::chrono::milliseconds kLeaseDuration{30'000};
// How often it is renewed.
inline constexpr std::chrono::milliseconds kLeaseRenewInterval{10'000};
// A lease counts as lost this long before its end: time for running calls to finish, and for clocks
// to run unevenly.
inline constexpr std::chrono::milliseconds kLeaseSafetyMargin{3'000};
// How soon the keeper retries to take a lease that is not held.
inline constexpr std::chrono::milliseconds kLeaseRetryInterval{1'000};

struct LeaseTiming {
  std::chrono::milliseconds duration = kLeaseDuration;
  std::chrono::milliseconds renew_interval = kLeaseRenewInterval;
  std::chrono::milliseconds safety_margin = kLeaseSafetyMargin;
  std::chrono::milliseconds retry_interval = kLeaseRetryInterval;

  // InvalidArgument unless a renewal comes before the safety margin, and all are positive.
  metrics::Status Validate() const;
};

// Time since some start, monotonic.
using LeaseClock = std::function<std::chrono::nanoseconds()>;
// Since boot, including the time for which the machine was suspended.
std::chrono::nanoseconds BootTime();

class Lease {
 public:
  // `name` is the partition's, for errors.
  Lease(std::string name, LeaseClock clock) : name_(std::move(name)), clock_(std::move(clock)) {}

  const std::string& name() const { return name_; }
  metrics::Result<std::uint64_t> Epoch() const;
  bool IsHeld() const { return Epoch().ok(); }
  // When IsHeld() turns false unless it is granted again; meaningless while it is not held.
  std::chrono::nanoseconds valid_until() const;

  // OK unless another holder has it: this agent does not have the records of that holder. Reads go
  // on when the lease cannot be renewed, as they need neither the store nor room on the disk.
  metrics::Status MayRead() const;

  void Grant(std::uint64_t epoch, std::chrono::nanoseconds valid_until);
  // `holder`: the agent that has it instead; empty where that is unknown.
  void Withdraw(const std::string& holder = {});
  // Reason why the lease cannot be renewed, for the error of Epoch(); empty: it can.
  void NoteTrouble(const std::string& reason);

  // Ends the lease for good: it is not held after a later Grant() either. Epoch() gives the reason.
  void Abandon(const std::string& reason);
  bool abandoned() const;

 private:
  // Immutable after construction.
  const std::string name_;
  const LeaseClock clock_;

  mutable metrics::Mutex mutex_;
  std::uint64_t epoch_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;  // 0: not held
  std::chrono::nanoseconds valid_until_ STREAMHOUSE_GUARDED_BY(mutex_){0};
  std::string other_holder_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::string trouble_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::optional<std::string> abandoned_because_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::agent
