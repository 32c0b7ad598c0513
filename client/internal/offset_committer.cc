#include "client/internal/offset_committer.h"

#include <utility>

#include "metrics_core/dcheck.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::client {

OffsetCommitter::OffsetCommitter(std::shared_ptr<Broker> broker, std::string group, std::string member_id,
                                 std::chrono::nanoseconds request_timeout)
    : broker_(std::move(broker)),
      group_(std::move(group)),
      member_id_(std::move(member_id)),
      request_timeout_(request_timeout) {}

OffsetCommitter::~OffsetCommitter() {
  GiveUp();
}

Status OffsetCommitter::CommitEvery(std::chrono::nanoseconds interval) {
  auto started = metrics::StartThread([this, interval] { Run(interval); });
  if (!started.ok()) return started.status();
  thread_ = *std::move(started);
  return Status::Ok();
}

void OffsetCommitter::Add(CommittedPartition added) {
  const metrics::MutexLock lock(mutex_);
  if (added.committed) added.metrics.SetLastCommitted(added.committed->offset);
  progress_[added.partition] = {.finished = {}, .committed = added.committed, .metrics = std::move(added.metrics)};
}

void OffsetCommitter::Remove(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  progress_.erase(partition);
  commit_ended_.Wait(mutex_, [&]() STREAMHOUSE_REQUIRES(mutex_) { return under_way_ != partition; });
}

void OffsetCommitter::Finish(const TopicPartition& partition, const LogPosition& next) {
  const metrics::MutexLock lock(mutex_);
  const auto found = progress_.find(partition);
  if (found != progress_.end()) found->second.finished = next;
}

std::uint64_t OffsetCommitter::last_sequence() const {
  const metrics::MutexLock lock(mutex_);
  return last_sequence_;
}

Status OffsetCommitter::failure() const {
  const metrics::MutexLock lock(mutex_);
  return failure_;
}

void OffsetCommitter::Stop() {
  stop_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void OffsetCommitter::GiveUp() {
  give_up_.request_stop();
  Stop();
}

void OffsetCommitter::Run(std::chrono::nanoseconds interval) {
  const std::stop_token stop = stop_.get_token();
  while (true) {
    {
      const metrics::MutexLock lock(mutex_);
      stopped_.WaitUntil(mutex_, stop, DeadlineAfter(interval), [] { return false; });
    }
    if (stop.stop_requested()) return;
    // Kept in failure_ for the caller of failure(), and retried with the next one.
    static_cast<void>(CommitFinished());
  }
}

Status OffsetCommitter::CommitFinished() {
  const metrics::MutexLock committing(commit_mutex_);
  const CallLimits limits = CallLimits::Within(request_timeout_, give_up_.get_token());
  Status first_failure;
  for (const TopicPartition& partition : Uncommitted()) {
    Status committed = CommitOne(partition, limits);
    if (!committed.ok() && first_failure.ok()) first_failure = std::move(committed);
  }
  const metrics::MutexLock lock(mutex_);
  failure_ = first_failure;
  return first_failure;
}

std::vector<TopicPartition> OffsetCommitter::Uncommitted() const {
  const metrics::MutexLock lock(mutex_);
  std::vector<TopicPartition> uncommitted;
  for (const auto& [partition, progress] : progress_) {
    if (progress.finished && progress.finished != progress.committed) uncommitted.push_back(partition);
  }
  return uncommitted;
}

Status OffsetCommitter::CommitOne(const TopicPartition& partition, const CallLimits& limits) {
  const std::optional<LogPosition> next = BeginCommit(partition);
  if (!next) return Status::Ok();
  const GroupMember member = {
      .group = group_, .id = member_id_, .commit_sequence = last_sequence(), .life = next->life};
  const Status committed = broker_->Commit(member, partition, next->offset, limits);
  EndCommit(committed.ok() ? next : std::nullopt);
  return committed.ok() ? committed : committed.WithMessage(partition.ToString() + ": " + committed.message());
}

std::optional<LogPosition> OffsetCommitter::BeginCommit(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  // It may have been removed while another partition was committed.
  const auto found = progress_.find(partition);
  if (found == progress_.end() || !found->second.finished) return std::nullopt;
  // A commit that fails may have been stored: until the next one is confirmed, what the broker has
  // is unknown.
  found->second.committed.reset();
  // Invariant 2.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return !under_way_; }, "commits do not overlap");
  under_way_ = partition;
  ++last_sequence_;
  return found->second.finished;
}

void OffsetCommitter::EndCommit(const std::optional<LogPosition>& committed) {
  const metrics::MutexLock lock(mutex_);
  // Remove() may wait for this end; the gauges are taken away by then.
  // Invariant 2.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return under_way_.has_value(); }, "a commit that ends has begun");
  const auto found = progress_.find(*under_way_);
  under_way_.reset();
  commit_ended_.NotifyAll();
  if (found == progress_.end() || !committed) return;
  found->second.committed = committed;
  found->second.metrics.SetLastCommitted(committed->offset);
}

}  // namespace streamhouse::client
