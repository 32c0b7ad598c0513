#include "client/offset_committer.h"

#include <utility>

namespace streamhouse::client {

OffsetCommitter::OffsetCommitter(std::shared_ptr<Broker> broker, std::string group, std::vector<Target> targets,
                                 std::chrono::nanoseconds request_timeout)
    : broker_(std::move(broker)),
      group_(std::move(group)),
      targets_(std::move(targets)),
      request_timeout_(request_timeout) {
  for (const Target& target : targets_) {
    progress_.push_back({.finished = {}, .committed = target.committed});
    if (target.committed) target.metrics.SetLastCommitted(*target.committed);
  }
}

OffsetCommitter::~OffsetCommitter() {
  Stop();
}

void OffsetCommitter::CommitEvery(std::chrono::nanoseconds interval) {
  thread_ = std::thread([this, interval] { Run(interval); });
}

void OffsetCommitter::Finish(std::size_t target, Offset next) {
  const std::lock_guard lock(mutex_);
  progress_[target].finished = next;
}

Status OffsetCommitter::CommitFinished() {
  return Commit({});
}

Status OffsetCommitter::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void OffsetCommitter::Stop() {
  stop_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void OffsetCommitter::Run(std::chrono::nanoseconds interval) {
  const std::stop_token stop = stop_.get_token();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      stopped_.wait_until(lock, stop, DeadlineAfter(interval), [] { return false; });
    }
    if (stop.stop_requested()) return;
    // Kept in failure_ for whoever asks, and tried again with the next one.
    static_cast<void>(Commit(stop));
  }
}

Status OffsetCommitter::Commit(const std::stop_token& stop) {
  const std::lock_guard committing(commit_mutex_);
  const CallLimits limits = CallLimits::Within(request_timeout_, stop);
  Status first_failure;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    Status committed = CommitOne(i, limits);
    if (!committed.ok() && first_failure.ok()) first_failure = std::move(committed);
  }
  const std::lock_guard lock(mutex_);
  failure_ = first_failure;
  return first_failure;
}

Status OffsetCommitter::CommitOne(std::size_t target, const CallLimits& limits) {
  Progress progress;
  {
    const std::lock_guard lock(mutex_);
    progress = progress_[target];
  }
  if (!progress.finished || progress.finished == progress.committed) return Status::Ok();
  const TopicPartition& partition = targets_[target].partition;
  Status committed = broker_->Commit(group_, partition, *progress.finished, limits);
  if (!committed.ok()) return Status(committed.code(), partition.ToString() + ": " + committed.message());
  targets_[target].metrics.SetLastCommitted(*progress.finished);
  const std::lock_guard lock(mutex_);
  progress_[target].committed = progress.finished;
  return committed;
}

}  // namespace streamhouse::client
