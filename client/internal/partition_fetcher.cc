#include "client/internal/partition_fetcher.h"

#include <algorithm>
#include <utility>

#include "client/retry_policy.h"
#include "metrics_core/dcheck.h"
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
  if (!started.ok()) return started.status().WithMessage(partition_.ToString() + ": " + started.status().message());
  thread_ = *std::move(started);
  return Status::Ok();
}

std::optional<PartitionRecords> PartitionFetcher::Take() {
  const metrics::MutexLock lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  PartitionRecords taken = std::move(queue_.front());
  queue_.pop_front();
  position_ = queue_.empty() ? fetch_offset_ : queue_.front().base_offset;
  // Invariant 2.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return IsSound(); }, "the position is that of the next record");
  changed_.NotifyOne();
  return taken;
}

LogPosition PartitionFetcher::position() const {
  const metrics::MutexLock lock(mutex_);
  return {.offset = position_, .life = life_};
}

void PartitionFetcher::Seek(Offset offset) {
  const metrics::MutexLock lock(mutex_);
  queue_.clear();
  position_ = offset;
  fetch_offset_ = offset;
  ++seeks_;
  interrupt_.request_stop();
  changed_.NotifyOne();
}

Status PartitionFetcher::failure() const {
  const metrics::MutexLock lock(mutex_);
  return failure_;
}

void PartitionFetcher::RequestStop() {
  const metrics::MutexLock lock(mutex_);
  stopping_ = true;
  interrupt_.request_stop();
  changed_.NotifyOne();
}

void PartitionFetcher::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void PartitionFetcher::Run() {
  const metrics::MutexLock lock(mutex_);
  while (true) {
    changed_.Wait(mutex_,
                  [this]() STREAMHOUSE_REQUIRES(mutex_) { return stopping_ || queue_.size() < kPrefetchedBatches; });
    if (stopping_) return;
    // Invariant 1.
    metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return IsSound(); },
                    "batches lie between position and fetch offset");
    interrupt_ = std::stop_source();
    const std::uint64_t seeks = seeks_;
    const LogPosition from = {.offset = fetch_offset_, .life = life_};
    const auto limits = CallLimits::Within(options_.max_wait + options_.request_timeout, interrupt_.get_token());
    mutex_.Unlock();
    Result<FetchedBatch> fetched = Fetch(from, limits);
    mutex_.Lock();
    if (stopping_) return;
    if (seeks != seeks_) continue;
    if (fetched.ok()) {
      HandleResponse(*std::move(fetched));
    } else {
      HandleFailure(fetched.status(), limits);
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

void PartitionFetcher::HandleResponse(FetchedBatch fetched) {
  if (FollowLog(fetched.life)) return;
  if (fetched.damaged) return HandleDamage(*fetched.damaged);
  failure_ = Status::Ok();
  failures_ = 0;
  if (!fetched.records.empty()) Keep(std::move(fetched));
}

void PartitionFetcher::Keep(FetchedBatch fetched) {
  fetch_offset_ = fetched.base_offset + fetched.records.size();
  if (queue_.empty()) position_ = fetched.base_offset;
  queue_.push_back(
      {.partition = partition_, .base_offset = fetched.base_offset, .records = std::move(fetched.records)});
  mutex_.Unlock();
  arrivals_.Notify();
  mutex_.Lock();
}

void PartitionFetcher::HandleDamage(const DamagedRange& damaged) {
  const bool leads_on = damaged.next > fetch_offset_;
  if (options_.report_damage == nullptr || !leads_on) {
    failure_ = Status(StatusCode::kDataLoss, partition_.ToString() + ": the records with offsets " +
                                                 std::to_string(damaged.first) + " to " +
                                                 std::to_string(damaged.next - 1) + " are damaged and cannot be read");
    return BackOff();
  }
  const std::uint64_t seeks = seeks_;
  // What is before fetch_offset_ was read, or reported, already.
  const DamagedRange lost = {.first = std::max(damaged.first, fetch_offset_), .next = damaged.next};
  mutex_.Unlock();
  options_.report_damage(partition_, lost);
  mutex_.Lock();
  if (seeks != seeks_) return;
  fetch_offset_ = damaged.next;
  if (queue_.empty()) position_ = fetch_offset_;
}

void PartitionFetcher::HandleFailure(const Status& failure, const CallLimits& limits) {
  failure_ = failure.WithMessage(partition_.ToString() + ": " + failure.message());
  if (failure.code() == StatusCode::kOutOfRange) return ReturnToLog(limits);
  if (failure.code() == StatusCode::kNotFound && life_.topic_id != 0) return FollowTopic(limits);
  BackOff();
}

void PartitionFetcher::ReturnToLog(const CallLimits& limits) {
  const std::uint64_t seeks = seeks_;
  const std::uint64_t open_id = life_.open_id;
  mutex_.Unlock();
  const auto watermarks = broker_->ReadWatermarks({.partition = partition_, .open_id = open_id}, limits);
  mutex_.Lock();
  if (seeks != seeks_) return;
  if (!watermarks.ok() || life_.IsOfAnotherTopic(watermarks.value().life)) return BackOff();
  const Offset before = fetch_offset_;
  FollowLog(watermarks.value().life);
  const Offset start = watermarks.value().log_start_offset;
  const Offset place = std::clamp(fetch_offset_, start, std::max(start, watermarks.value().high_watermark));
  if (place < fetch_offset_) GoBackTo(place);
  fetch_offset_ = std::max(fetch_offset_, start);
  if (queue_.empty()) position_ = fetch_offset_;
  // The log has the offset and yet cannot read it; asking again at once would not help.
  if (fetch_offset_ == before) BackOff();
}

void PartitionFetcher::FollowTopic(const CallLimits& limits) {
  const std::uint64_t seeks = seeks_;
  mutex_.Unlock();
  const Result<StartOffset> start = FindStartOffset(*broker_, group_, partition_, options_.offset_reset, limits);
  mutex_.Lock();
  if (stopping_) return;
  if (!start.ok() && start.status().code() != StatusCode::kNotFound) {
    failure_ = start.status().WithMessage(partition_.ToString() + ": " + start.status().message());
  }
  if (!start.ok() || !life_.IsOfAnotherTopic(start.value().position.life)) return BackOff();
  queue_.clear();
  life_ = start.value().position.life;
  // A place that was sought meanwhile is one of the new topic.
  if (seeks == seeks_) position_ = start.value().position.offset;
  fetch_offset_ = position_;
}

bool PartitionFetcher::FollowLog(const LogLife& now) {
  if (now.open_id == 0) return false;  // a response that does not tell
  const Offset end = LogPosition{.offset = fetch_offset_, .life = life_}.In(now);
  const bool goes_back = end < fetch_offset_;
  life_ = now;
  if (goes_back) GoBackTo(end);
  return goes_back;
}

void PartitionFetcher::GoBackTo(Offset end) {
  fetch_offset_ = end;
  while (!queue_.empty() && queue_.back().base_offset + queue_.back().records.size() > end) {
    fetch_offset_ = std::min(end, queue_.back().base_offset);
    queue_.pop_back();
  }
  position_ = queue_.empty() ? std::min(position_, fetch_offset_) : queue_.front().base_offset;
}

// Batches wait in the order of their offsets, from position_ to fetch_offset_.
bool PartitionFetcher::IsSound() const {
  if (queue_.empty()) return position_ == fetch_offset_;
  const auto is_out_of_order = [](const PartitionRecords& one, const PartitionRecords& next) {
    return one.base_offset + one.records.size() > next.base_offset;
  };
  const PartitionRecords& last = queue_.back();
  return position_ == queue_.front().base_offset && last.base_offset + last.records.size() <= fetch_offset_ &&
         queue_.size() <= kPrefetchedBatches &&
         std::adjacent_find(queue_.begin(), queue_.end(), is_out_of_order) == queue_.end();
}

void PartitionFetcher::BackOff() {
  const double uniform = std::uniform_real_distribution<double>(0, 1)(random_);
  const std::uint64_t seeks = seeks_;
  changed_.WaitFor(mutex_, kFetchBackoff.Backoff(++failures_, uniform),
                   [this, seeks]() STREAMHOUSE_REQUIRES(mutex_) { return stopping_ || seeks != seeks_; });
}

}  // namespace streamhouse::client
