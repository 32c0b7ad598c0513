#include "client/consumer.h"

#include <algorithm>
#include <utility>

#include "client/internal/start_offset.h"
#include "metrics_core/dcheck.h"
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

// The same, where each damaged range that is skipped is counted as well.
FetchOptions CountingDamage(FetchOptions options, const metrics::Counter& skipped) {
  if (options.report_damage == nullptr) return options;
  options.report_damage = [skipped, report = std::move(options.report_damage)](const TopicPartition& partition,
                                                                               const DamagedRange& range) {
    skipped.Increment(range.next - range.first);
    report(partition, range);
  };
  return options;
}

}  // namespace

Consumer::Subscription::Subscription(Consumer& consumer, const TopicPartition& partition, const LogPosition& start)
    : topic_metrics(consumer.metrics_.ForTopic(partition.topic)),
      partition_metrics(consumer.metrics_.ForPartition(partition, consumer.options_.group)),
      fetcher(consumer.broker_, consumer.options_.group, partition,
              CountingDamage(consumer.options_.fetch, topic_metrics.damaged_records_skipped), start,
              consumer.arrivals_) {}

void Consumer::Subscription::ShowPosition() {
  const Offset position = fetcher.position().offset;
  if (shown_position == position) return;
  shown_position = position;
  partition_metrics.SetCurrent(position);
}

Consumer::Consumer(std::shared_ptr<Broker> broker, const ConsumerMetrics& metrics, ConsumerOptions options)
    : broker_(std::move(broker)),
      metrics_(metrics),
      options_(std::move(options)),
      poll_duration_(metrics_.PollDuration(options_.topics)) {
  if (!options_.group.empty()) {
    membership_ = std::make_unique<GroupMembership>(broker_, options_.group, options_.topics, options_.group_options,
                                                    arrivals_, [this] { return committer_->last_sequence(); });
  }
  committer_ = std::make_unique<OffsetCommitter>(broker_, options_.group,
                                                 membership_ ? std::string(membership_->member().id) : std::string(),
                                                 options_.fetch.request_timeout);
  lag_monitor_ =
      std::make_unique<LagMonitor>(broker_, LagMonitor::Options{.interval = options_.lag_refresh_interval,
                                                                .request_timeout = options_.fetch.request_timeout,
                                                                .now_ms = nullptr});
}

Consumer::~Consumer() {
  if (closed_) return;
  committer_->GiveUp();
  StopThreads();
  for (const auto& [partition, subscription] : Snapshot()) Unsubscribe(partition);
}

bool Consumer::commits_automatically() const {
  return options_.commit_mode == CommitMode::kAutomatic && !options_.group.empty();
}

Status Consumer::Start() {
  const auto partitions = AllPartitions();
  if (!partitions.ok()) return partitions.status();
  if (Status started = lag_monitor_->Start(); !started.ok()) return started;
  if (commits_automatically()) {
    if (Status started = committer_->CommitEvery(options_.auto_commit_interval); !started.ok()) return started;
  }
  if (membership_ != nullptr) {
    if (Status joined = membership_->Join(); !joined.ok()) return joined;
    if (Status followed = FollowGroup(); !followed.ok()) {
      membership_->Leave();
      return followed;
    }
  } else {
    for (const TopicPartition& partition : partitions.value()) {
      if (Status subscribed = Subscribe(partition); !subscribed.ok()) return subscribed;
    }
  }
  return Status::Ok();
}

Result<std::vector<TopicPartition>> Consumer::AllPartitions() const {
  std::vector<TopicPartition> partitions;
  for (const std::string& topic : options_.topics) {
    const auto described = broker_->DescribeTopic(topic, CallLimits::Within(options_.fetch.request_timeout));
    if (!described.ok()) return described.status();
    for (std::uint32_t i = 0; i < described.value().partitions; ++i) partitions.push_back({topic, i});
  }
  return partitions;
}

Status Consumer::Subscribe(const TopicPartition& partition) {
  const auto start = FindStartOffset(*broker_, options_.group, partition, options_.fetch.offset_reset,
                                     CallLimits::Within(options_.fetch.request_timeout));
  if (!start.ok()) return start.status().WithMessage(partition.ToString() + ": " + start.status().message());
  const auto subscription = std::make_shared<Subscription>(*this, partition, start.value().position);
  if (Status started = subscription->fetcher.Start(); !started.ok()) return started;
  subscription->ShowPosition();
  std::optional<LogPosition> committed;
  if (start.value().committed) {
    committed = {.offset = *start.value().committed, .life = start.value().position.life};
  }
  committer_->Add({.partition = partition, .committed = committed, .metrics = subscription->partition_metrics});
  lag_monitor_->Add({.partition = partition,
                     .position = [subscription] { return subscription->fetcher.position(); },
                     .metrics = subscription->partition_metrics});
  const metrics::MutexLock lock(mutex_);
  const bool is_new = subscriptions_.emplace(partition, subscription).second;
  // Invariant 1.
  metrics::DCheck([is_new] { return is_new; }, "a partition is subscribed once");
  return Status::Ok();
}

void Consumer::Unsubscribe(const TopicPartition& partition) {
  std::shared_ptr<Subscription> subscription;
  {
    const metrics::MutexLock lock(mutex_);
    subscription = subscriptions_.extract(partition).mapped();
  }
  subscription->fetcher.Stop();
  committer_->Remove(partition);
  lag_monitor_->Remove(partition);
  subscription->partition_metrics.Remove();
}

Status Consumer::FollowGroup() {
  const std::vector<TopicPartition> assigned = membership_->assigned();
  const Subscriptions current = Snapshot();
  std::vector<TopicPartition> revoked;
  for (const auto& [partition, subscription] : current) {
    if (!std::binary_search(assigned.begin(), assigned.end(), partition)) revoked.push_back(partition);
  }
  if (!revoked.empty()) {
    for (const TopicPartition& partition : revoked) current.at(partition)->fetcher.RequestStop();
    // A commit that fails is in failure(); the next reader gets those records again.
    if (commits_automatically()) static_cast<void>(committer_->CommitFinished());
    for (const TopicPartition& partition : revoked) Unsubscribe(partition);
  }
  membership_->SetOwned(assigned);
  Status outcome;
  for (const TopicPartition& partition : assigned) {
    if (current.contains(partition)) continue;
    Status subscribed = Subscribe(partition);
    if (!subscribed.ok() && outcome.ok()) outcome = std::move(subscribed);
  }
  // Invariant 2.
  metrics::DCheck([&] { return std::ranges::includes(assigned, Assignment()); },
                  "a member reads only what its group has given it");
  return outcome;
}

Result<PolledRecords> Consumer::Poll(std::chrono::nanoseconds timeout) {
  if (closed_) return AlreadyClosed();
  const metrics::ScopedTimer timer(poll_duration_);
  const auto deadline = DeadlineAfter(timeout);
  if (commits_automatically()) FinishReturned();
  Status followed;
  while (true) {
    const std::uint64_t seen = arrivals_.count();
    if (membership_ != nullptr) {
      membership_->NotePoll();
      followed = FollowGroup();
    }
    PolledRecords polled = TakePrefetched();
    if (!polled.empty()) return polled;
    if (std::chrono::steady_clock::now() >= deadline) break;
    arrivals_.WaitBeyond(seen, deadline);
  }
  if (!followed.ok()) return followed;
  if (Status failure = BackgroundFailure(); !failure.ok()) return failure;
  return PolledRecords();
}

void Consumer::FinishReturned() {
  for (const auto& [partition, subscription] : Snapshot()) {
    committer_->Finish(partition, subscription->fetcher.position());
  }
}

PolledRecords Consumer::TakePrefetched() {
  PolledRecords polled;
  for (const auto& [partition, subscription] : Snapshot()) {
    std::optional<PartitionRecords> taken;
    if (!subscription->is_paused) taken = subscription->fetcher.Take();
    subscription->ShowPosition();
    if (!taken) continue;
    subscription->topic_metrics.records_consumed.Increment(taken->records.size());
    subscription->topic_metrics.bytes_consumed.Increment(taken->records.bytes());
    polled.Append(*std::move(taken));
  }
  return polled;
}

Status Consumer::BackgroundFailure() const {
  for (const auto& [partition, subscription] : Snapshot()) {
    if (Status failure = subscription->fetcher.failure(); !failure.ok()) return failure;
  }
  if (membership_ != nullptr) {
    if (Status failure = membership_->failure(); !failure.ok()) return failure;
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
  const auto subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  if (closed_) return AlreadyClosed();
  subscription->fetcher.Seek(offset);
  subscription->ShowPosition();
  return Status::Ok();
}

Status Consumer::Pause(std::string_view topic, std::uint32_t partition) {
  const auto subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  subscription->is_paused = true;
  return Status::Ok();
}

Status Consumer::Resume(std::string_view topic, std::uint32_t partition) {
  const auto subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  subscription->is_paused = false;
  return Status::Ok();
}

std::vector<TopicPartition> Consumer::Assignment() const {
  const metrics::MutexLock lock(mutex_);
  std::vector<TopicPartition> assignment;
  for (const auto& [partition, subscription] : subscriptions_) assignment.push_back(partition);
  return assignment;
}

Result<Offset> Consumer::Position(std::string_view topic, std::uint32_t partition) const {
  const auto subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  return subscription->fetcher.position().offset;
}

Result<std::optional<Offset>> Consumer::Committed(std::string_view topic, std::uint32_t partition) const {
  if (options_.group.empty()) return NoGroup();
  const auto subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  return broker_->Committed(options_.group, subscription->fetcher.partition(),
                            CallLimits::Within(options_.fetch.request_timeout));
}

Result<std::uint64_t> Consumer::Lag(std::string_view topic, std::uint32_t partition) const {
  const auto subscription = Find(topic, partition);
  if (subscription == nullptr) return NotRead(topic, partition);
  const LogPosition position = subscription->fetcher.position();
  const Result<Watermarks> watermarks =
      broker_->ReadWatermarks({.partition = subscription->fetcher.partition(), .open_id = position.life.open_id},
                              CallLimits::Within(options_.fetch.request_timeout));
  if (!watermarks.ok()) return watermarks.status();
  if (position.life.IsOfAnotherTopic(watermarks.value().life)) {
    return ReadsAnotherTopic(subscription->fetcher.partition());
  }
  return LagRecords(watermarks.value(), position);
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
  if (membership_ != nullptr) membership_->Leave();
  const metrics::MutexLock lock(mutex_);
  for (const auto& [partition, subscription] : subscriptions_) subscription->partition_metrics.Remove();
  return committed;
}

std::shared_ptr<Consumer::Subscription> Consumer::Find(std::string_view topic, std::uint32_t partition) const {
  const metrics::MutexLock lock(mutex_);
  const auto found = subscriptions_.find(TopicPartition{std::string(topic), partition});
  return found == subscriptions_.end() ? nullptr : found->second;
}

Consumer::Subscriptions Consumer::Snapshot() const {
  const metrics::MutexLock lock(mutex_);
  return subscriptions_;
}

void Consumer::StopThreads() {
  const Subscriptions subscriptions = Snapshot();
  for (const auto& [partition, subscription] : subscriptions) subscription->fetcher.RequestStop();
  lag_monitor_->Stop();
  committer_->Stop();
  for (const auto& [partition, subscription] : subscriptions) subscription->fetcher.Stop();
}

}  // namespace streamhouse::client
