// LeaseKeeper: holds the leases of this agent's partitions: gets them, renews them in time, gives
// them back.
//
// When to use something else: Lease, which Track() returns, answers the question of the append
// path.
// Invariants:
// 1. A lease that is held has announced that it is held; its loss is told once.
// 2. No lease is held after Stop().
// Guarantees:
// 1. A lease counts as held only until a safety margin before it can expire in the store, counted
//    from before the request that got it was sent.
// 2. The loss of a lease is announced then, or as soon as the store names another holder.
// 3. A lease that is not held is requested again every round, until Stop().
// 4. A store that is out of reach loses no lease before the lease runs out.
// 5. HeldCount() and Readiness() never wait for the store, so that a renewal under way is never
//    mistaken for a loss.
// Thread safety: any thread; Start and Stop from one.
// Cost: one thread; a renewal is one call of the store.
// Errors: of the store, returned by RenewNow and logged; the keeper goes on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/periodic_task.h"
#include "agent/lease/lease.h"
#include "agent/lease/lease_watch.h"
#include "agent/metadata/metadata_store.h"
#include "metrics_core/counter.h"
#include "metrics_core/gauge.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

struct LeaseMetrics {
  metrics::Counter renewals;         // attempts, one a partition and round
  metrics::Gauge active_partitions;  // leases held
};

// A lease that was held is held no more; every epoch below `fence` must be refused from now on.
// Called on the thread that noticed; it must not call the keeper.
using LeaseLost = std::function<void(const TopicPartition& partition, std::uint64_t fence)>;

class LeaseKeeper {
 public:
  // `store` must outlive the keeper. `holder` names this agent in the store.
  LeaseKeeper(MetadataStore& store, std::string holder, LeaseTiming timing, LeaseMetrics metrics, LeaseLost lost,
              LeaseClock clock = BootTime);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  // From now on, holds this partition as well, beginning with the next round. The same partition,
  // the same lease.
  std::shared_ptr<const Lease> Track(const TopicPartition& partition);

  // Creates the topic in the store and takes the leases of its partitions, in one step of the
  // store. They are tracked from then on. Unavailable after Stop().
  Result<TopicDescription> CreateTopic(const TopicDescription& topic);

  // This lease, which Track() has returned for the partition, is not held from now on. The next
  // round, which comes soon, gives it back, and no round takes it again. A caller who asks for it
  // gets the reason. Without effect when the lease was forgotten: the partition may have another
  // one.
  void GiveUp(const TopicPartition& partition, const Lease& lease, const std::string& reason);

  // Runs `free_rows`, which frees the rows of these leases in the store, between two rounds. When
  // it succeeds, the keeper forgets the leases, and none of them is held from now on. Track() then
  // makes new ones. A caller with an old lease gets the reason.
  Status Forget(std::span<const TopicPartition> partitions, const std::string& reason,
                const std::function<Status()>& free_rows);

  // One round: takes and renews all leases that it can, and announces the lost ones.
  Status RenewNow();
  // Takes or renews these alone, of the partitions that are tracked.
  Status AcquireNow(std::span<const TopicPartition> partitions);

  // Rounds in the background, at the intervals of the timing. Unavailable where the system has no
  // thread left.
  Status Start();

  // Ends the rounds and releases what is held. May be called twice.
  void Stop();

  std::size_t HeldCount() const;
  // OK while at least one lease is held; otherwise Unavailable with the reason.
  Status Readiness() const;

 private:
  // Under round_mutex_, but for the lease.
  struct Entry {
    std::shared_ptr<Lease> lease;
    std::uint64_t announced_epoch = 0;  // 0: not known to be held
    LeaseWatch other = {};              // while another holds it
  };

  std::chrono::nanoseconds Round();
  using Entries = std::vector<std::pair<TopicPartition, std::shared_ptr<Entry>>>;
  Entries AllEntries() const;
  std::shared_ptr<Entry> EntryOf(const TopicPartition& partition);
  Status Acquire(Entries entries) STREAMHOUSE_REQUIRES(round_mutex_);
  void GiveBackAbandoned() STREAMHOUSE_REQUIRES(round_mutex_);
  void GiveBack(const TopicPartition& partition, Entry& entry) STREAMHOUSE_REQUIRES(round_mutex_);
  void AnnounceExpired() STREAMHOUSE_REQUIRES(round_mutex_);
  void Apply(const TopicPartition& partition, Entry& entry, const LeaseRow& row, std::chrono::nanoseconds asked_at)
      STREAMHOUSE_REQUIRES(round_mutex_);
  void Lose(const TopicPartition& partition, Entry& entry, std::uint64_t fence, const std::string& reason)
      STREAMHOUSE_REQUIRES(round_mutex_);
  void NoteOutcome(const Status& outcome);
  void PublishHeldCount() const;
  bool HeldLeasesAreAnnounced() const STREAMHOUSE_REQUIRES(round_mutex_);

  // Immutable after construction.
  MetadataStore& store_;
  const std::string holder_;
  const LeaseTiming timing_;
  const LeaseMetrics metrics_;
  const LeaseLost lost_;
  const LeaseClock clock_;

  metrics::Mutex round_mutex_;  // held during a round, calls of the store included; taken before mutex_
  bool stopped_ STREAMHOUSE_GUARDED_BY(round_mutex_) = false;

  mutable metrics::Mutex mutex_;  // held for moments only
  std::map<TopicPartition, std::shared_ptr<Entry>> entries_ STREAMHOUSE_GUARDED_BY(mutex_);
  Status last_outcome_ STREAMHOUSE_GUARDED_BY(mutex_);

  PeriodicTask rounds_;  // last: its thread uses the others
};

}  // namespace streamhouse::agent
