#include "client/partition_fetcher.h"

#include <string>
#include <utility>

#include "client/retry_policy.h"

namespace streamhouse::client {
namespace {

constexpr RetryPolicy kFetchBackoff = {.max_backoff = std::chrono::seconds(1)};

}  // namespace

PartitionFetcher::PartitionFetcher(std::shared_ptr<Broker> broker, TopicPartition partition,
                                   const FetchOptions& options, Offset start, ArrivalSignal& arrivals)
    : broker_(std::move(broker)),
      partition_(std::move(partition)),
      options_(options),
      arrivals_(arrivals),
      position_(start),
      fetch_offset_(start),
      random_(std::random_device{}()),
      thread_([this] { Run(); }) {}

PartitionFetcher::~PartitionFetcher() {
  Stop();
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

Offset PartitionFetcher::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
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
    const Offset offset = fetch_offset_;
    const auto limits = CallLimits::Within(options_.max_wait + options_.request_timeout, interrupt_.get_token());
    lock.unlock();
    Result<FetchedBatch> fetched = Fetch(offset, limits);
    lock.lock();
    if (stopping_) return;
    if (seeks != seeks_) continue;
    if (fetched.ok()) {
      Keep(lock, *std::move(fetched));
    } else {
      HandleFailure(lock, fetched.status(), limits);
    }
  }
}

Result<FetchedBatch> PartitionFetcher::Fetch(Offset offset, const CallLimits& limits) {
  Result<FetchedBatch> fetched = broker_->Fetch(
      {.partition = partition_, .offset = offset, .max_records = options_.max_records, .max_wait = options_.max_wait},
      limits);
  if (fetched.ok() && !fetched->records.empty() && fetched->base_offset < offset) {
    return Status(StatusCode::kInternal,
                  "asked for offset " + std::to_string(offset) + " and got " + std::to_string(fetched->base_offset));
  }
  return fetched;
}

void PartitionFetcher::Keep(Lock& lock, FetchedBatch fetched) {
  failure_ = Status::Ok();
  failures_ = 0;
  if (fetched.records.empty()) return;
  fetch_offset_ = fetched.base_offset + fetched.records.size();
  if (queue_.empty()) position_ = fetched.base_offset;
  queue_.push_back(
      {.partition = partition_, .base_offset = fetched.base_offset, .records = std::move(fetched.records)});
  lock.unlock();
  arrivals_.Notify();
  lock.lock();
}

void PartitionFetcher::HandleFailure(Lock& lock, const Status& failure, const CallLimits& limits) {
  failure_ = Status(failure.code(), partition_.ToString() + ": " + failure.message());
  if (failure.code() == StatusCode::kOutOfRange && options_.offset_reset != OffsetReset::kNone) {
    Reset(lock, limits);
  } else {
    BackOff(lock);
  }
}

void PartitionFetcher::Reset(Lock& lock, const CallLimits& limits) {
  const std::uint64_t seeks = seeks_;
  lock.unlock();
  const Result<Watermarks> watermarks = broker_->ReadWatermarks(partition_, std::nullopt, limits);
  lock.lock();
  if (seeks != seeks_) return;
  if (!watermarks.ok()) {
    BackOff(lock);
    return;
  }
  fetch_offset_ = ResetOffset(options_.offset_reset, watermarks.value()).value();
  if (queue_.empty()) position_ = fetch_offset_;
}

void PartitionFetcher::BackOff(Lock& lock) {
  const double uniform = std::uniform_real_distribution<double>(0, 1)(random_);
  const std::uint64_t seeks = seeks_;
  changed_.wait_for(lock, kFetchBackoff.Backoff(++failures_, uniform),
                    [this, seeks] { return stopping_ || seeks != seeks_; });
}

}  // namespace streamhouse::client
