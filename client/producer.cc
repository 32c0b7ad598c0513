#include "client/producer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "client/internal/murmur2.h"
#include "metrics_core/clock.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::client {

using metrics::Clock;
using Appended = RecordAccumulator::Appended;
using Outgoing = RecordAccumulator::Outgoing;

namespace {

SendError ReasonOfLookupFailure(const Status& failure) {
  if (failure.code() == StatusCode::kOutOfRange) return SendError::kInvalidPartition;
  return SendErrorOfProduceFailure(failure.code());
}

// Whether a failed look-up is worth a retry. NotFound is final.
bool IsRetryable(const Status& failure) {
  return failure.code() == StatusCode::kUnavailable || failure.code() == StatusCode::kFailedPrecondition;
}

// Not 0, which stands for no producer. Among 64-bit numbers, two producers that draw the same one
// are not expected.
std::uint64_t DrawProducerId() {
  std::random_device random;
  return std::uniform_int_distribution<std::uint64_t>(1)(random);
}

// Two threads may disagree about the clock by a little.
Nanoseconds Elapsed(Nanoseconds since, Nanoseconds now) {
  return now > since ? now - since : 0;
}

void ObserveDurations(const ProducerBatch& batch, const ProducerTopicMetrics& metrics, Nanoseconds now) {
  std::size_t next = 0;
  const auto observe_until = [&](std::size_t end) {
    for (; next < end; ++next) metrics.send_duration.Observe(Elapsed(batch.entered_at[next], now));
  };
  for (const ProducerBatch::Traced& traced : batch.traces) {
    observe_until(traced.record);
    metrics.send_duration.Observe(Elapsed(batch.entered_at[next++], now), traced.trace);
  }
  observe_until(batch.entered_at.size());
  const metrics::TraceContext trace = batch.traces.empty() ? metrics::TraceContext{} : batch.traces.front().trace;
  metrics.batch_flush_duration.Observe(Elapsed(batch.first_sent_at, now), trace);
}

void TellWaiters(const ProducerBatch& batch, Result<Delivery> result, Offset base_offset) {
  for (const ProducerBatch::Waiter& waiter : batch.waiters) {
    if (result.ok()) result->offset = base_offset + waiter.record;
    waiter.callback(result);
  }
}

}  // namespace

Producer::Producer(std::shared_ptr<Broker> broker, const ProducerMetrics& metrics, const ProducerOptions& options)
    : broker_(std::move(broker)),
      metrics_(metrics),
      options_(options),
      accumulator_({.batch_records = options_.batch_records,
                    .batch_bytes = options_.batch_bytes,
                    .buffer_bytes = options_.buffer_bytes,
                    .linger = static_cast<Nanoseconds>(options_.linger.count()),
                    .compression = options_.compression},
                   DrawProducerId()) {}

Status Producer::Start() {
  const metrics::MutexLock closing(close_mutex_);
  for (std::size_t i = 0; i < options_.sender_threads; ++i) {
    auto started = metrics::StartThread([this] { RunSender(); });
    if (!started.ok()) return started.status();
    senders_.push_back(*std::move(started));
  }
  return Status::Ok();
}

Producer::~Producer() {
  Close(kCloseTimeout);
}

std::future<Result<Delivery>> Producer::Send(std::string_view topic, const RecordView& record,
                                             std::optional<std::uint32_t> partition) {
  auto promise = std::make_shared<std::promise<Result<Delivery>>>();
  auto future = promise->get_future();
  const auto keep = [promise](const Result<Delivery>& result) { promise->set_value(result); };
  Status accepted = SendWithCallback(topic, record, keep, partition);
  if (!accepted.ok()) promise->set_value(std::move(accepted));
  return future;
}

Status Producer::SendWithCallback(std::string_view topic, const RecordView& record, DeliveryCallback on_delivery,
                                  std::optional<std::uint32_t> partition) {
  std::optional<Refusal> refusal = Accept(topic, record, std::move(on_delivery), partition);
  if (!refusal) [[likely]]
    return Status::Ok();
  metrics_.CountRefusal(topic, refusal->error);
  return std::move(refusal->status);
}

std::optional<Producer::Refusal> Producer::Accept(std::string_view topic_name, const RecordView& record,
                                                  DeliveryCallback on_delivery,
                                                  std::optional<std::uint32_t> partition) {
  const Nanoseconds entered = Clock::NowNanoseconds();
  const std::size_t bytes = RecordAccumulator::ChargedBytes(record);
  if (bytes > options_.batch_bytes) {
    return Refusal{{StatusCode::kInvalidArgument,
                    "a record of " + std::to_string(record.bytes()) + " bytes, which counts as " +
                        std::to_string(bytes) + ", is over the batch_bytes of " + std::to_string(options_.batch_bytes)},
                   SendError::kRecordTooLarge};
  }
  const std::uint32_t key_hash = record.key && !partition ? Murmur2(*record.key) : 0;

  metrics::MutexLock lock(mutex_);
  if (closed_) return ClosedRefusal();
  const Result<Topic*> found = FindTopic(topic_name, partition);
  if (!found.ok()) return Refusal{found.status(), ReasonOfLookupFailure(found.status())};
  Topic& topic = *found.value();
  const bool had_room = accumulator_.HasRoom(bytes);
  if (!had_room && !WaitForRoom(bytes)) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(options_.max_block);
    return Refusal{
        {StatusCode::kResourceExhausted, "the buffer of " + std::to_string(options_.buffer_bytes) +
                                             " bytes stayed full for " + std::to_string(waited.count()) + " ms"},
        SendError::kBufferFull};
  }
  // It may have been closed during the look-up or the wait, which both let the lock go.
  if (closed_) return ClosedRefusal();

  const auto partitions = static_cast<std::uint32_t>(topic.partitions.size());
  if (!partition) {
    partition = record.key ? PartitionOfKeyHash(key_hash, partitions) : topic.round_robin.Next(partitions);
  }
  const Nanoseconds now = had_room ? entered : Clock::NowNanoseconds();
  RecordView stamped = record;
  if (!stamped.timestamp_ms) stamped.timestamp_ms = timestamp_clock_.MillisecondsAt(now);
  topic.metrics.pending_records.Add(1);
  const Appended appended =
      accumulator_.Append(*topic.partitions[*partition], stamped, std::move(on_delivery), entered, now);
  const bool wake = appended == Appended::kMadeReady || (appended == Appended::kOpenedABatch && NeedsSender());
  lock.Unlock();
  if (wake) work_.NotifyOne();
  return std::nullopt;
}

Producer::Refusal Producer::ClosedRefusal() {
  return {{StatusCode::kFailedPrecondition, "the producer is closed"}, SendError::kClosed};
}

Result<Producer::Topic*> Producer::FindTopic(std::string_view name, std::optional<std::uint32_t> partition) {
  const auto known = topics_.find(name);
  const auto has_partition = [partition](const Topic& topic) {
    return !partition || *partition < topic.partitions.size();
  };
  if (known != topics_.end() && has_partition(known->second)) [[likely]]
    return &known->second;
  const Result<TopicDescription> described = LookUp(name);
  if (!described.ok()) return described.status();
  if (described.value().partitions == 0) return Status(StatusCode::kInternal, "a topic without partitions");
  Topic& topic = Remember(name, described.value().partitions);
  if (!has_partition(topic)) {
    return Status(StatusCode::kOutOfRange, "no partition " + std::to_string(*partition) + " of " +
                                               std::to_string(topic.partitions.size()) + " in topic " +
                                               std::string(name));
  }
  return &topic;
}

Result<TopicDescription> Producer::LookUp(std::string_view name) {
  const auto give_up = DeadlineAfter(options_.max_block);
  for (int failures = 1;; ++failures) {
    mutex_.Unlock();
    const auto deadline = std::min(give_up, DeadlineAfter(options_.request_timeout));
    Result<TopicDescription> described =
        broker_->DescribeTopic(name, {.deadline = deadline, .stop = attempts_.get_token()});
    mutex_.Lock();
    if (described.ok() || !IsRetryable(described.status()) || failures > options_.retry_policy.max_retries) {
      return described;
    }
    const double uniform = std::uniform_real_distribution<double>(0, 1)(random_);
    const auto next = DeadlineAfter(options_.retry_policy.Backoff(failures, uniform));
    const auto is_closed = [this]() STREAMHOUSE_REQUIRES(mutex_) { return closed_; };
    if (next >= give_up || room_.WaitUntil(mutex_, next, is_closed)) return described;
  }
}

Producer::Topic& Producer::Remember(std::string_view name, std::uint32_t partitions) {
  auto known = topics_.find(name);
  if (known == topics_.end()) {
    known = topics_.try_emplace(std::string(name)).first;
    known->second.metrics = metrics_.ForTopic(name);
  }
  Topic& topic = known->second;
  for (auto i = static_cast<std::uint32_t>(topic.partitions.size()); i < partitions; ++i) {
    topic.partitions.push_back(
        std::make_unique<RecordAccumulator::Partition>(TopicPartition{known->first, i}, topic.metrics));
  }
  // Invariant 2.
  metrics::DCheck(
      [&] {
        const auto& all = topic.partitions;
        return all.size() >= partitions && all.back()->topic_partition().partition == all.size() - 1;
      },
      "partitions stand in the order of their numbers");
  return topic;
}

bool Producer::WaitForRoom(std::size_t bytes) {
  return room_.WaitUntil(mutex_, DeadlineAfter(options_.max_block), [this, bytes]() STREAMHOUSE_REQUIRES(mutex_) {
    if (closed_ || accumulator_.HasRoom(bytes)) return true;
    // What lingers would only give up its room later.
    accumulator_.SealIdle();
    if (accumulator_.HasReady()) work_.NotifyAll();
    return false;
  });
}

Status Producer::Flush(std::chrono::nanoseconds timeout) {
  const metrics::MutexLock lock(mutex_);
  const std::uint64_t end = accumulator_.batches_opened();
  accumulator_.SealAll();
  work_.NotifyAll();
  const bool done = done_.WaitUntil(mutex_, DeadlineAfter(timeout), [this, end]() STREAMHOUSE_REQUIRES(mutex_) {
    return accumulator_.IsDoneBefore(end);
  });
  return done ? Status::Ok() : Status(StatusCode::kDeadlineExceeded, "records are still waiting for their result");
}

std::size_t Producer::Close(std::chrono::nanoseconds timeout) {
  const metrics::MutexLock closing(close_mutex_);
  metrics::MutexLock lock(mutex_);
  if (stopping_) return 0;
  closed_ = true;
  const std::size_t failed_before = failed_records_;
  lock.Unlock();
  room_.NotifyAll();
  // What is not delivered by the deadline is given up below, and counted there.
  static_cast<void>(Flush(timeout));

  lock.Lock();
  stopping_ = true;
  lock.Unlock();
  attempts_.request_stop();
  work_.NotifyAll();
  for (std::thread& sender : senders_) sender.join();
  lock.Lock();
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return accumulator_.IsDoneBefore(accumulator_.batches_opened()); },
                  "a closed producer owes no result");
  return failed_records_ - failed_before;
}

bool Producer::NeedsSender() const {
  if (accumulator_.HasReady()) return true;
  const std::optional<Nanoseconds> deadline = accumulator_.NextDeadline();
  return deadline && *deadline < watched_until_;
}

void Producer::RunSender() {
  std::minstd_rand random(std::random_device{}());
  metrics::MutexLock lock(mutex_);
  while (true) {
    const Nanoseconds now = stopping_ ? RecordAccumulator::kEndOfTime : Clock::NowNanoseconds();
    std::optional<Outgoing> outgoing = accumulator_.TakeReady(now);
    if (!outgoing && stopping_) return;
    if (!outgoing) {
      WaitForWork(now);
      continue;
    }
    const bool gives_up = stopping_;
    // This thread is about to be busy: another one takes over what else there is, and the watch.
    const bool hands_over = NeedsSender();
    lock.Unlock();
    if (hands_over) work_.NotifyOne();
    if (gives_up) {
      Fail(*std::move(outgoing), Status(StatusCode::kUnavailable, "the producer was closed before it was sent"),
           SendError::kClosed);
    } else {
      Attempt(*std::move(outgoing), random);
    }
    lock.Lock();
  }
}

void Producer::WaitForWork(Nanoseconds now) {
  const auto has_work = [this]() STREAMHOUSE_REQUIRES(mutex_) { return stopping_ || NeedsSender(); };
  const std::optional<Nanoseconds> deadline = accumulator_.NextDeadline();
  if (!deadline || *deadline >= watched_until_) return work_.Wait(mutex_, has_work);
  watched_until_ = *deadline;
  work_.WaitUntil(mutex_, DeadlineAfter(std::chrono::nanoseconds(*deadline - now)), has_work);
  watched_until_ = RecordAccumulator::kEndOfTime;
}

void Producer::Attempt(Outgoing outgoing, std::minstd_rand& random) {
  ProducerBatch& batch = *outgoing.batch;
  if (batch.first_sent_at == 0) batch.first_sent_at = Clock::NowNanoseconds();
  const Result<Offset> base_offset =
      broker_->Produce(outgoing.partition->topic_partition(), batch.records,
                       CallLimits::Within(options_.request_timeout, attempts_.get_token()));
  if (base_offset.ok()) {
    Acknowledge(std::move(outgoing), base_offset.value());
  } else if (!ScheduleRetry(outgoing, base_offset.status(), random)) {
    Fail(std::move(outgoing), base_offset.status(), SendErrorOfProduceFailure(base_offset.status().code()));
  }
}

bool Producer::ScheduleRetry(Outgoing& outgoing, const Status& failure, std::minstd_rand& random) {
  const int failures = ++outgoing.batch->failures;
  if (OutcomeOfFailure(failure.code()) == WriteOutcome::kUnknown) outgoing.batch->is_in_doubt = true;
  if (!options_.retry_policy.ShouldRetry(failure.code(), failures)) return false;
  const double uniform = std::uniform_real_distribution<double>(0, 1)(random);
  const auto backoff = options_.retry_policy.Backoff(failures, uniform);
  const metrics::MutexLock lock(mutex_);
  if (stopping_) return false;
  accumulator_.Retry(std::move(outgoing), Clock::NowNanoseconds() + static_cast<Nanoseconds>(backoff.count()));
  return true;
}

void Producer::Acknowledge(Outgoing outgoing, Offset base_offset) {
  const ProducerBatch& batch = *outgoing.batch;
  const ProducerTopicMetrics& metrics = outgoing.partition->topic_metrics();
  const Nanoseconds now = Clock::NowNanoseconds();
  ObserveDurations(batch, metrics, now);
  metrics.batch_size_records.Observe(batch.records.size());
  metrics.batch_size_bytes.Observe(batch.records.bytes());
  metrics.records_sent.Increment(batch.records.size());
  metrics.bytes_sent.Increment(batch.records.bytes());
  metrics.pending_records.Add(-static_cast<std::int64_t>(batch.records.size()));
  TellWaiters(batch, Delivery{outgoing.partition->topic_partition(), base_offset}, base_offset);
  Finish(std::move(outgoing), 0);
}

void Producer::Fail(Outgoing outgoing, Status failure, SendError reason) {
  const ProducerBatch& batch = *outgoing.batch;
  if (batch.is_in_doubt && OutcomeOfFailure(failure.code()) != WriteOutcome::kUnknown) {
    failure = Status(StatusCode::kDeadlineExceeded,
                     "it may have been written by an attempt that got no response; the last one: " + failure.message());
    reason = SendError::kTimeout;
  }
  const std::size_t failed = batch.records.size();
  const ProducerTopicMetrics& metrics = outgoing.partition->topic_metrics();
  metrics.send_error(reason).Increment(failed);
  metrics.pending_records.Add(-static_cast<std::int64_t>(failed));
  TellWaiters(batch, failure, 0);
  Finish(std::move(outgoing), failed);
}

void Producer::Finish(Outgoing outgoing, std::size_t failed) {
  outgoing.batch->waiters.clear();
  {
    const metrics::MutexLock lock(mutex_);
    failed_records_ += failed;
    accumulator_.Complete(std::move(outgoing));
  }
  room_.NotifyAll();
  done_.NotifyAll();
}

}  // namespace streamhouse::client
