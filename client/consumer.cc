#include "client/consumer.h"

#include <utility>

#include "metrics_core/timer.h"

namespace streamhouse::client {
namespace {

Status NotRead(std::string_view topic, std::uint32_t partition) {
  return {StatusCode::kNotFound, TopicPartition{std::string(topic), partition}.ToString() + " is not read here"};
}

Status NoGroup() {
  return {StatusCode::kFailedPrecondition, "the consumer has no group"};
}

Status AlreadyClosed() {
  return {StatusCode::kFailedPrecondition, "the consumer is closed"};
}

}  // namespace

Consumer::Consumer(ConsumerOptions options, const std::vector<Start>& starts)
    : options_(std::move(options)), poll_duration_(options_.metrics.PollDuration(options_.topics)) {
  std::vector<OffsetCommitter::Target> targets;
  for (const Start& start : starts) {
    Subscription subscription;
    subscription.topic_metrics = options_.metrics.ForTopic(start.partition.topic);
    subscription.partition_metrics = options_.metrics.ForPartition(start.partition, options_.group);
    subscription.partition_metrics.SetCurrent(start.offset);
    subscription.fetcher =
        std::make_unique<PartitionFetcher>(options_.broker, start.partition, options_.fetch, start.offset, arrivals_);
    targets.push_back(
        {.partition = start.partition, .committed = start.committed, .metrics = subscription.partition_metrics});
    subscriptions_.push_back(std::move(subscription));
  }
  committer_ = std::make_unique<OffsetCommitter>(options_.broker, options_.group, std::move(targets),
                                                 options_.fetch.request_timeout);
  if (commits_automatically()) committer_->CommitEvery(options_.auto_commit_interval);
  StartLagMonitor();
}

Consumer::~Consumer() {
  if (closed_) return;
  StopThreads();
  RemoveSeries();
}

bool Consumer::commits_automatically() const {
  return options_.commit_mode == CommitMode::kAutomatic && !options_.group.empty();
}

void Consumer::StartLagMonitor() {
  std::vector<LagMonitor::Target> targets;
  for (const Subscription& subscription : subscriptions_) {
    const PartitionFetcher* fetcher = subscription.fetcher.get();
    targets.push_back({.partition = fetcher->partition(),
                       .position = [fetcher] { return fetcher->position(); },
                       .metrics = subscription.partition_metrics});
  }
  lag_monitor_ = std::make_unique<LagMonitor>(options_.broker, std::move(targets),
                                              LagMonitor::Options{.interval = options_.lag_refresh_interval,
                                                                  .request_timeout = options_.fetch.request_timeout,
                                                                  .now_ms = nullptr});
}

Result<PolledRecords> Consumer::Poll(std::chrono::nanoseconds timeout) {
  if (closed_) return AlreadyClosed();
  const metrics::ScopedTimer timer(poll_duration_);
  const auto deadline = DeadlineAfter(timeout);
  if (commits_automatically()) FinishReturned();
  while (true) {
    const std::uint64_t seen = arrivals_.count();
    PolledRecords polled = TakePrefetched();
    if (!polled.empty()) return polled;
    if (std::chrono::steady_clock::now() >= deadline) break;
    arrivals_.WaitBeyond(seen, deadline);
  }
  if (Status failure = BackgroundFailure(); !failure.ok()) return failure;
  return PolledRecords();
}

void Consumer::FinishReturned() {
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    committer_->Finish(i, subscriptions_[i].fetcher->position());
  }
}

PolledRecords Consumer::TakePrefetched() {
  PolledRecords polled;
  for (const Subscription& subscription : subscriptions_) {
    std::optional<PartitionRecords> taken = subscription.fetcher->Take();
    if (!taken) continue;
    subscription.topic_metrics.records_consumed.Increment(taken->records.size());
    subscription.topic_metrics.bytes_consumed.Increment(taken->records.bytes());
    subscription.partition_metrics.SetCurrent(taken->base_offset + taken->records.size());
    polled.Append(*std::move(taken));
  }
  return polled;
}

Status Consumer::BackgroundFailure() const {
  for (const Subscription& subscription : subscriptions_) {
    if (Status failure = subscription.fetcher->failure(); !failure.ok()) return failure;
  }
  return committer_->failure();
}

Status Consumer::Commit() {
  if (options_.group.empty()) return NoGroup();
  if (closed_) return AlreadyClosed();
  FinishReturned();
  return committer_->CommitFinished();
}

Status Consumer::Seek(std::string_view topic, std::uint32_t partition, Offset offset) {
  const Subscription* subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  if (closed_) return AlreadyClosed();
  subscription->fetcher->Seek(offset);
  subscription->partition_metrics.SetCurrent(offset);
  return Status::Ok();
}

Result<Offset> Consumer::Position(std::string_view topic, std::uint32_t partition) const {
  const Subscription* subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  return subscription->fetcher->position();
}

Result<std::optional<Offset>> Consumer::Committed(std::string_view topic, std::uint32_t partition) const {
  if (options_.group.empty()) return NoGroup();
  const Subscription* subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  return options_.broker->Committed(options_.group, subscription->fetcher->partition(),
                                    CallLimits::Within(options_.fetch.request_timeout));
}

Result<std::uint64_t> Consumer::Lag(std::string_view topic, std::uint32_t partition) const {
  const Subscription* subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  const Offset position = subscription->fetcher->position();
  const Result<Watermarks> watermarks = options_.broker->ReadWatermarks(
      subscription->fetcher->partition(), std::nullopt, CallLimits::Within(options_.fetch.request_timeout));
  if (!watermarks.ok()) return watermarks.status();
  return LagRecords(watermarks.value().high, position);
}

Status Consumer::Close() {
  if (closed_) return Status::Ok();
  StopThreads();
  closed_ = true;
  Status committed;
  if (commits_automatically()) {
    FinishReturned();
    committed = committer_->CommitFinished();
  }
  RemoveSeries();
  return committed;
}

const Consumer::Subscription* Consumer::Find(std::string_view topic, std::uint32_t partition) const {
  for (const Subscription& subscription : subscriptions_) {
    const TopicPartition& candidate = subscription.fetcher->partition();
    if (candidate.partition == partition && candidate.topic == topic) return &subscription;
  }
  return nullptr;
}

void Consumer::StopThreads() {
  for (const Subscription& subscription : subscriptions_) subscription.fetcher->RequestStop();
  lag_monitor_->Stop();
  committer_->Stop();
  for (const Subscription& subscription : subscriptions_) subscription.fetcher->Stop();
}

void Consumer::RemoveSeries() {
  for (const Subscription& subscription : subscriptions_) subscription.partition_metrics.Remove();
}

}  // namespace streamhouse::client
