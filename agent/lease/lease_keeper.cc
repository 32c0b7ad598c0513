#include "agent/lease/lease_keeper.h"

#include <algorithm>

#include "agent/base/operator_log.h"
#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

LeaseKeeper::LeaseKeeper(MetadataStore& store, std::string holder, LeaseTiming timing, LeaseMetrics metrics,
                         LeaseLost lost, LeaseClock clock)
    : store_(store),
      holder_(std::move(holder)),
      timing_(timing),
      metrics_(std::move(metrics)),
      lost_(std::move(lost)),
      clock_(std::move(clock)),
      rounds_([this] { return Round(); }) {}

LeaseKeeper::~LeaseKeeper() {
  Stop();
}

std::shared_ptr<LeaseKeeper::Entry> LeaseKeeper::EntryOf(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  std::shared_ptr<Entry>& entry = entries_[partition];
  if (entry == nullptr) {
    entry = std::make_shared<Entry>(Entry{.lease = std::make_shared<Lease>(partition.ToString(), clock_)});
  }
  return entry;
}

std::shared_ptr<const Lease> LeaseKeeper::Track(const TopicPartition& partition) {
  return EntryOf(partition)->lease;
}

Result<TopicDescription> LeaseKeeper::CreateTopic(const TopicDescription& topic) {
  const metrics::MutexLock round(round_mutex_);
  if (stopped_) return Status(StatusCode::kUnavailable, "the lease keeper has stopped");
  const std::chrono::nanoseconds asked_at = clock_();
  metrics_.renewals.Increment(topic.partitions);
  auto created = store_.CreateLeasedTopic(topic, holder_, timing_.duration);
  if (!created.ok()) return created.status();
  std::int64_t newly_held = 0;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    const TopicPartition partition = {.topic = topic.name, .partition = i};
    const std::shared_ptr<Entry> entry = EntryOf(partition);
    // The gauge may still count one that has expired since the last round.
    const bool was_counted = entry->announced_epoch != 0;
    Apply(partition, *entry, created->leases[i], asked_at);
    if (!was_counted && entry->lease->IsHeld()) ++newly_held;
  }
  // A count of all leases would make each creation slower with the number of topics.
  metrics_.active_partitions.Add(newly_held);
  return created->topic;
}

void LeaseKeeper::GiveUp(const TopicPartition& partition, const Lease& lease, const std::string& reason) {
  {
    const metrics::MutexLock lock(mutex_);
    const auto found = entries_.find(partition);
    if (found == entries_.end() || found->second->lease.get() != &lease) return;
    found->second->lease->Abandon(reason);
  }
  rounds_.RunSoon();
}

Status LeaseKeeper::Forget(std::span<const TopicPartition> partitions, const std::string& reason,
                           const std::function<Status()>& free_rows) {
  const metrics::MutexLock round(round_mutex_);
  if (Status freed = free_rows(); !freed.ok()) return freed;
  {
    const metrics::MutexLock lock(mutex_);
    for (const TopicPartition& partition : partitions) {
      const auto found = entries_.find(partition);
      if (found == entries_.end()) continue;
      found->second->lease->Abandon(reason);
      entries_.erase(found);
    }
  }
  PublishHeldCount();
  return Status::Ok();
}

Status LeaseKeeper::Start() {
  return rounds_.Start();
}

std::chrono::nanoseconds LeaseKeeper::Round() {
  // The outcome is in the log and in Readiness(). The next round comes sooner.
  const bool renewed = RenewNow().ok();
  const std::chrono::nanoseconds now = clock_();
  std::chrono::nanoseconds wait = renewed ? timing_.renew_interval : timing_.retry_interval;
  for (const auto& [partition, entry] : AllEntries()) {
    if (entry->lease->abandoned()) continue;
    const std::chrono::nanoseconds until_loss = entry->lease->valid_until() - now;
    wait = std::min(wait, entry->lease->IsHeld() ? until_loss : std::chrono::nanoseconds(timing_.retry_interval));
  }
  return std::max(wait, std::chrono::nanoseconds(std::chrono::milliseconds(1)));
}

LeaseKeeper::Entries LeaseKeeper::AllEntries() const {
  const metrics::MutexLock lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

Status LeaseKeeper::RenewNow() {
  const metrics::MutexLock lock(round_mutex_);
  if (stopped_) return {StatusCode::kFailedPrecondition, "the lease keeper has stopped"};
  GiveBackAbandoned();
  AnnounceExpired();
  Status renewed = Acquire(AllEntries());
  AnnounceExpired();
  return renewed;
}

Status LeaseKeeper::AcquireNow(std::span<const TopicPartition> partitions) {
  const metrics::MutexLock lock(round_mutex_);
  if (stopped_) return {StatusCode::kFailedPrecondition, "the lease keeper has stopped"};
  Entries entries;
  {
    const metrics::MutexLock entries_lock(mutex_);
    for (const TopicPartition& partition : partitions) {
      const auto found = entries_.find(partition);
      if (found != entries_.end()) entries.emplace_back(*found);
    }
  }
  Status acquired = Acquire(std::move(entries));
  PublishHeldCount();
  return acquired;
}

Status LeaseKeeper::Acquire(Entries entries) {
  std::erase_if(entries, [](const auto& entry) { return entry.second->lease->abandoned(); });
  if (entries.empty()) return Status::Ok();
  const std::chrono::nanoseconds asked_at = clock_();
  std::vector<LeaseClaim> claims;
  claims.reserve(entries.size());
  for (const auto& [partition, entry] : entries) {
    claims.push_back({.partition = partition, .ended = entry->other.Ended(asked_at)});
  }
  metrics_.renewals.Increment(claims.size());
  auto rows = store_.AcquireLeases(claims, holder_, timing_.duration);
  NoteOutcome(rows.status());
  for (const auto& [partition, entry] : entries) entry->lease->NoteTrouble(rows.status().message());
  if (!rows.ok()) return rows.status();
  metrics::DCheck([&] { return rows->size() == entries.size(); }, "the store answers each claim");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Apply(entries[i].first, *entries[i].second, rows->at(i), asked_at);
  }
  return Status::Ok();
}

void LeaseKeeper::Apply(const TopicPartition& partition, Entry& entry, const LeaseRow& row,
                        std::chrono::nanoseconds asked_at) {
  if (row.holder != holder_) {
    entry.other.Observe(row, clock_());
    entry.lease->Withdraw(row.holder);
    if (entry.announced_epoch != 0) Lose(partition, entry, row.epoch, "held by " + row.holder);
    return;
  }
  entry.other.Forget();
  entry.lease->Grant(row.epoch, asked_at + timing_.duration - timing_.safety_margin);
  if (entry.announced_epoch == row.epoch) return;
  OperatorLog().info("lease of {partition} acquired at epoch {epoch}", "partition"_a = partition.ToString(),
                     "epoch"_a = row.epoch);
  entry.announced_epoch = row.epoch;
}

void LeaseKeeper::GiveBackAbandoned() {
  for (const auto& [partition, entry] : AllEntries()) {
    if (!entry->lease->abandoned() || entry->announced_epoch == 0) continue;
    const std::uint64_t epoch = entry->announced_epoch;
    GiveBack(partition, *entry);
    OperatorLog().warn("lease of {partition} given up at epoch {epoch}", "partition"_a = partition.ToString(),
                       "epoch"_a = epoch);
    lost_(partition, epoch);
  }
}

void LeaseKeeper::GiveBack(const TopicPartition& partition, Entry& entry) {
  const Status released = store_.ReleaseLease(partition, holder_, entry.announced_epoch);
  if (!released.ok()) {
    OperatorLog().warn("lease of {partition} not released: {error}", "partition"_a = partition.ToString(),
                       "error"_a = released.ToString());
  }
  entry.announced_epoch = 0;
}

void LeaseKeeper::AnnounceExpired() {
  for (const auto& [partition, entry] : AllEntries()) {
    if (entry->announced_epoch == 0 || entry->lease->IsHeld() || entry->lease->abandoned()) continue;
    // Batches that were written in time under this epoch stay valid. Only the next holder has a
    // higher epoch.
    Lose(partition, *entry, entry->announced_epoch, "not renewed in time");
  }
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return HeldLeasesAreAnnounced(); },
                  "the loss of a held lease is told");
  PublishHeldCount();
}

void LeaseKeeper::Lose(const TopicPartition& partition, Entry& entry, std::uint64_t fence, const std::string& reason) {
  OperatorLog().warn("lease of {partition} lost at epoch {epoch}: {reason}", "partition"_a = partition.ToString(),
                     "epoch"_a = entry.announced_epoch, "reason"_a = reason);
  entry.announced_epoch = 0;
  lost_(partition, fence);
}

void LeaseKeeper::NoteOutcome(const Status& outcome) {
  const metrics::MutexLock lock(mutex_);
  // Only the first of a row of failures is news.
  if (!outcome.ok() && last_outcome_.ok()) {
    OperatorLog().warn("leases not renewed: {error}", "error"_a = outcome.ToString());
  }
  if (outcome.ok() && !last_outcome_.ok()) OperatorLog().info("leases renewed again");
  last_outcome_ = outcome;
}

void LeaseKeeper::Stop() {
  rounds_.Stop();
  const metrics::MutexLock lock(round_mutex_);
  if (stopped_) return;
  stopped_ = true;
  std::vector<LeaseClaim> held;
  for (const auto& [partition, entry] : AllEntries()) {
    entry->lease->Withdraw();
    if (entry->announced_epoch != 0) held.push_back({.partition = partition});
    entry->announced_epoch = 0;
  }
  // Invariant 2.
  metrics::DCheck([this] { return HeldCount() == 0; }, "no lease is held after the end");
  PublishHeldCount();
  if (held.empty()) return;
  // A lease that is renewed for zero milliseconds is free. One transaction for all leases: a stop
  // would otherwise wait for a sync of the disk for each of thousands.
  const Status released = store_.AcquireLeases(held, holder_, std::chrono::milliseconds(0)).status();
  if (!released.ok()) OperatorLog().warn("leases not released: {error}", "error"_a = released.ToString());
}

void LeaseKeeper::PublishHeldCount() const {
  metrics_.active_partitions.Set(static_cast<std::int64_t>(HeldCount()));
}

// A lease that is held without an announced epoch would be lost without a fence.
bool LeaseKeeper::HeldLeasesAreAnnounced() const {
  const Entries entries = AllEntries();
  return std::all_of(entries.begin(), entries.end(),
                     [](const auto& one) { return one.second->announced_epoch != 0 || !one.second->lease->IsHeld(); });
}

std::size_t LeaseKeeper::HeldCount() const {
  const metrics::MutexLock lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const auto& entry) { return entry.second->lease->IsHeld(); }));
}

Status LeaseKeeper::Readiness() const {
  if (HeldCount() > 0) return Status::Ok();
  const metrics::MutexLock lock(mutex_);
  if (entries_.empty()) return {StatusCode::kUnavailable, "no lease, because there is no topic yet"};
  std::string reason = "no unexpired lease (partitions: " + std::to_string(entries_.size()) + ")";
  if (!last_outcome_.ok()) reason += ": " + last_outcome_.message();
  return {StatusCode::kUnavailable, std::move(reason)};
}

}  // namespace streamhouse::agent
