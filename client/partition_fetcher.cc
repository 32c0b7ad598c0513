#include "client/partition_fetcher.h"

#include <algorithm>
#include <utility>

#include "client/retry_policy.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::client {
namespace {

constexpr RetryPolicy kFetchBackoff = {.max_backoff = std::chrono::seconds(1)};

}  // namespace

PartitionFetcher::PartitionFetcher(std::shared_ptr<Broker> broker, std::string group, TopicPartition partition,
                                   FetchOptions options, const LogPosition& start, ArrivalSignal& arrivals)
    : broker_(std::move(broker)),
      group_(std::move(group)),
      partition_(std::move(partition)),
      options_(std::move(options)),
      arrivals_(arrivals),
      life_(start.life),
      position_(start.offset),
      fetch_offset_(start.offset),
      random_(std::random_device{}()) {}

PartitionFetcher::~PartitionFetcher() {
  Stop();
}

Status PartitionFetcher::Start() {
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) return {started.status().code(), partition_.ToString() + ": " + started.status().message()};
  thread_ = *std::move(started);
  return Status::Ok();
}

std::optional<PartitionRecords> PartitionFetcher::Take() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  PartitionRecords taken = std::move(queue_.front());
  queue_.pop_front();
  position_ = queue_.empty() ? fetch_offset_ : queue_.front().base_offset;
  changed_.notify_one();
  return taken;
}

LogPosition PartitionFetcher::position() const {
  const std::lock_guard lock(mutex_);
  return {.offset = position_, .life = life_};
}

void PartitionFetcher::Seek(Offset offset) {
  const std::lock_guard lock(mutex_);
  queue_.clear();
  position_ = offset;
  fetch_offset_ = offset;
  ++seeks_;
  interrupt_.request_stop();
  changed_.notify_one();
}

Status PartitionFetcher::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void PartitionFetcher::RequestStop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  interrupt_.request_stop();
  changed_.notify_one();
}

void PartitionFetcher::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void PartitionFetcher::Run() {
  Lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || queue_.size() < kPrefetchedBatches; });
    if (stopping_) return;
    interrupt_ = std::stop_source();
    const std::uint64_t seeks = seeks_;
    const LogPosition from = {.offset = fetch_offset_, .life = life_};
    const auto limits = CallLimits::Within(options_.max_wait + options_.request_timeout, interrupt_.get_token());
    lock.unlock();
    Result<FetchedBatch> fetched = Fetch(from, limits);
    lock.lock();
    if (stopping_) return;
    if (seeks != seeks_) continue;
    if (fetched.ok()) {
      HandleAnswer(lock, *std::move(fetched));
    } else {
      HandleFailure(lock, fetched.status(), limits);
    }
  }
}

Result<FetchedBatch> PartitionFetcher::Fetch(const LogPosition& from, const CallLimits& limits) {
  Result<FetchedBatch> fetched = broker_->Fetch({.partition = partition_,
                                                 .offset = from.offset,
                                                 .max_records = options_.max_records,
                                                 .max_wait = options_.max_wait,
                                                 .topic_id = from.life.topic_id,
                                                 .open_id = from.life.open_id},
                                                limits);
  if (fetched.ok() && !fetched->records.empty() && fetched->base_offset < from.offset) {
    return Status(StatusCode::kInternal, "asked for offset " + std::to_string(from.offset) + " and got " +
                                             std::to_string(fetched->base_offset));
  }
  return fetched;
}

void PartitionFetcher::HandleAnswer(Lock& lock, FetchedBatch fetched) {
  if (FollowLog(fetched.life)) return;
  if (fetched.damaged) return HandleDamage(lock, *fetched.damaged);
  failure_ = Status::Ok();
  failures_ = 0;
  if (!fetched.records.empty()) Keep(lock, std::move(fetched));
}

void PartitionFetcher::Keep(Lock& lock, FetchedBatch fetched) {
  fetch_offset_ = fetched.base_offset + fetched.records.size();
  if (queue_.empty()) position_ = fetched.base_offset;
  queue_.push_back(
      {.partition = partition_, .base_offset = fetched.base_offset, .records = std::move(fetched.records)});
  lock.unlock();
  arrivals_.Notify();
  lock.lock();
}

void PartitionFetcher::HandleDamage(Lock& lock, const DamagedRange& damaged) {
  const bool leads_on = damaged.next > fetch_offset_;
  if (options_.report_damage == nullptr || !leads_on) {
    failure_ = Status(StatusCode::kDataLoss, partition_.ToString() + ": the records with offsets " +
                                                 std::to_string(damaged.first) + " to " +
                                                 std::to_string(damaged.next - 1) + " are damaged and cannot be read");
    return BackOff(lock);
  }
  const std::uint64_t seeks = seeks_;
  // What is before fetch_offset_ was read, or reported, already.
  const DamagedRange lost = {.first = std::max(damaged.first, fetch_offset_), .next = damaged.next};
  lock.unlock();
  options_.report_damage(partition_, lost);
  lock.lock();
  if (seeks != seeks_) return;
  fetch_offset_ = damaged.next;
  if (queue_.empty()) position_ = fetch_offset_;
}

void PartitionFetcher::HandleFailure(Lock& lock, const Status& failure, const CallLimits& limits) {
  failure_ = Status(failure.code(), partition_.ToString() + ": " + failure.message());
  if (failure.code() == StatusCode::kOutOfRange) return ReturnToLog(lock, limits);
  if (failure.code() == StatusCode::kNotFound && life_.topic_id != 0) return FollowTopic(lock, limits);
  BackOff(lock);
}

void PartitionFetcher::ReturnToLog(Lock& lock, const CallLimits& limits) {
  const std::uint64_t seeks = seeks_;
  const std::uint64_t open_id = life_.open_id;
  lock.unlock();
  const auto watermarks = broker_->ReadWatermarks({.partition = partition_, .open_id = open_id}, limits);
  lock.lock();
  if (seeks != seeks_) return;
  if (!watermarks.ok() || life_.IsOfAnotherTopic(watermarks.value().life)) return BackOff(lock);
  const Offset before = fetch_offset_;
  FollowLog(watermarks.value().life);
  const Offset start = watermarks.value().log_start_offset;
  fetch_offset_ = std::clamp(fetch_offset_, start, std::max(start, watermarks.value().high_watermark));
  if (queue_.empty()) position_ = fetch_offset_;
  // The log has the offset and yet cannot read it; asking again at once would not help.
  if (fetch_offset_ == before) BackOff(lock);
}

void PartitionFetcher::FollowTopic(Lock& lock, const CallLimits& limits) {
  const std::uint64_t seeks = seeks_;
  lock.unlock();
  const Result<StartOffset> start = FindStartOffset(*broker_, group_, partition_, options_.offset_reset, limits);
  lock.lock();
  if (stopping_) return;
  if (!start.ok() && start.status().code() != StatusCode::kNotFound) {
    failure_ = Status(start.status().code(), partition_.ToString() + ": " + start.status().message());
  }
  if (!start.ok() || !life_.IsOfAnotherTopic(start.value().position.life)) return BackOff(lock);
  queue_.clear();
  life_ = start.value().position.life;
  // A place that was sought meanwhile is one of the new topic.
  if (seeks == seeks_) position_ = start.value().position.offset;
  fetch_offset_ = position_;
}

bool PartitionFetcher::FollowLog(const LogLife& now) {
  if (now.open_id == 0) return false;  // an answer that does not tell
  const Offset end = LogPosition{.offset = fetch_offset_, .life = life_}.In(now);
  const bool goes_back = end < fetch_offset_;
  life_ = now;
  if (!goes_back) return false;
  fetch_offset_ = end;
  while (!queue_.empty() && queue_.back().base_offset + queue_.back().records.size() > end) {
    fetch_offset_ = std::min(end, queue_.back().base_offset);
    queue_.pop_back();
  }
  position_ = queue_.empty() ? std::min(position_, fetch_offset_) : queue_.front().base_offset;
  return true;
}

void PartitionFetcher::BackOff(Lock& lock) {
  const double uniform = std::uniform_real_distribution<double>(0, 1)(random_);
  const std::uint64_t seeks = seeks_;
  changed_.wait_for(lock, kFetchBackoff.Backoff(++failures_, uniform),
                    [this, seeks] { return stopping_ || seeks != seeks_; });
}

}  // namespace streamhouse::client
