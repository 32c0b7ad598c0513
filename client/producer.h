// Producer: sends records in batches, and tells the sender of each what became of it.
//
// When to use something else: Broker::Produce, to place one batch synchronously.
// Invariants:
// 1. After Close(), every accepted record has its result.
// 2. Entry i of a topic's partitions is partition i; no entry is ever removed.
// Guarantees:
// 1. Every accepted record gets exactly one result (delivery.h). A record that is refused gets it
//    at once and is not sent.
// 2. Records of one partition are delivered in the order of their sends. A batch that failed for
//    good is not retried: a later record may be delivered without an earlier one.
// 3. One batch of a partition travels at a time. Partitions do not wait for each other, as long as
//    no more than `sender_threads` of them wait for the broker.
// 4. A batch goes out when it has batch_records records, when another record would take it over
//    batch_bytes, or `linger` after its first record. The first two are caps: no batch exceeds
//    them.
// 5. While a record waits for room in the buffer, a batch goes out at once where its partition has
//    no other to send and a sender is free.
// 6. A record is written at most once, however often its batch is sent: a batch has an identity
//    (record_batch.h).
// 7. After an ambiguous failure (kDeadlineExceeded, kInternal) that outlasted the retries, a record
//    may have been written although its sender gets an error (retry_policy.h).
// 8. A record that is sent without a partition goes where Kafka's Java client would send its key;
//    without a key, to each partition in turn.
// Thread safety: every method, from any thread. Not Flush() or Close() from a delivery callback.
// Cost: Send() reads a clock once, takes one lock and copies the record once; it allocates only
// when a batch's buffers grow, or for a future. The first record of a topic waits for
// DescribeTopic. So does a partition number that is out of range as far as is known, as partitions
// may have been added. While the broker is out of reach, it is asked again as the retry policy
// says, for up to max_block.
// Errors: Send() counts each of its own in send_errors:
// - kNotFound when there is no such topic.
// - kOutOfRange when there is no such partition.
// - kInvalidArgument for a record over batch_bytes.
// - kResourceExhausted when the buffer stayed full for max_block.
// - kFailedPrecondition after Close().
// - Otherwise the failure of DescribeTopic.
// A delivery fails with the broker's last response. Where an earlier attempt may have written the
// record, it fails with kDeadlineExceeded.
//
//   auto producer = Producer::Builder().broker(broker).metrics(*metrics).Build();  // or, with options:
//   auto patient = Producer::Builder().broker(broker).options({.linger = std::chrono::seconds(1)}).Build();
//   auto delivered = (*producer)->Send("orders", {.key = "customer-7", .value = payload});
//   if (!delivered.get().ok()) …
//   std::size_t lost = (*producer)->Close(std::chrono::seconds(30));
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/compression.h"
#include "client/delivery.h"
#include "client/internal/record_accumulator.h"
#include "client/internal/round_robin.h"
#include "client/internal/timestamp_clock.h"
#include "client/producer_metrics.h"
#include "client/record.h"
#include "client/retry_policy.h"
#include "client/send_error.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

struct ProducerOptions {
  RetryPolicy retry_policy = {};
  std::size_t batch_records = 100;
  std::size_t batch_bytes = std::size_t{1} << 20;    // keys, values, and kRecordOverheadBytes a record
  std::size_t buffer_bytes = std::size_t{32} << 20;  // the same, over all that is neither delivered nor failed
  std::chrono::nanoseconds linger = std::chrono::milliseconds(100);
  std::chrono::nanoseconds max_block = std::chrono::seconds(60);        // of Send()
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);  // of one attempt
  // Of batches on their way to the broker; limits and metrics are of what is not compressed.
  Compression compression = Compression::kNone;
  std::size_t sender_threads = 8;
};

class Producer {
 public:
  class Builder;

  // How long the destructor may take to deliver what is left.
  static constexpr std::chrono::seconds kCloseTimeout{30};

  ~Producer();  // Close(kCloseTimeout)
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // The record's bytes are copied before this returns. Blocks while the buffer is full.
  std::future<Result<Delivery>> Send(std::string_view topic, const RecordView& record,
                                     std::optional<std::uint32_t> partition = {});

  // As above, without a future: OK means accepted, and `on_delivery`, unless it is null, will be
  // called exactly once. Otherwise it never will be.
  Status SendWithCallback(std::string_view topic, const RecordView& record, DeliveryCallback on_delivery,
                          std::optional<std::uint32_t> partition = {});

  // Sends everything accepted so far without lingering, and waits until each record of it has its
  // result and every callback has returned. kDeadlineExceeded when that takes longer.
  Status Flush(std::chrono::nanoseconds timeout);

  // Refuses new records, flushes, and gives up what is then left. An attempt under way is cut
  // short. Every record without a result gets kUnavailable (not written), kDeadlineExceeded (in
  // doubt) or the broker's response. Returns how many records got an error since the call began.
  // When it returns, all callbacks have returned. Again: 0.
  std::size_t Close(std::chrono::nanoseconds timeout);

 private:
  struct Topic {
    ProducerTopicMetrics metrics;
    RoundRobin round_robin;
    std::vector<std::unique_ptr<RecordAccumulator::Partition>> partitions;
  };

  // A refusal of Send(), and how it is counted.
  struct Refusal {
    Status status;
    SendError error;
  };

  Producer(std::shared_ptr<Broker> broker, const ProducerMetrics& metrics, const ProducerOptions& options);

  // After a failure only Close() may be called.
  Status Start();

  static Refusal ClosedRefusal();
  std::optional<Refusal> Accept(std::string_view topic, const RecordView& record, DeliveryCallback on_delivery,
                                std::optional<std::uint32_t> partition);
  // These three let the lock go while they wait.
  Result<Topic*> FindTopic(std::string_view name, std::optional<std::uint32_t> partition) STREAMHOUSE_REQUIRES(mutex_);
  Result<TopicDescription> LookUp(std::string_view name) STREAMHOUSE_REQUIRES(mutex_);
  bool WaitForRoom(std::size_t bytes) STREAMHOUSE_REQUIRES(mutex_);
  Topic& Remember(std::string_view name, std::uint32_t partitions) STREAMHOUSE_REQUIRES(mutex_);

  bool NeedsSender() const STREAMHOUSE_REQUIRES(mutex_);
  void RunSender();
  void WaitForWork(Nanoseconds now) STREAMHOUSE_REQUIRES(mutex_);
  void Attempt(RecordAccumulator::Outgoing outgoing, std::minstd_rand& random);
  bool ScheduleRetry(RecordAccumulator::Outgoing& outgoing, const Status& failure, std::minstd_rand& random);
  void Acknowledge(RecordAccumulator::Outgoing outgoing, Offset base_offset);
  void Fail(RecordAccumulator::Outgoing outgoing, Status failure, SendError reason);
  void Finish(RecordAccumulator::Outgoing outgoing, std::size_t failed);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const ProducerMetrics metrics_;
  const ProducerOptions options_;

  // Any thread; triggered when attempts under way are to be cut short.
  std::stop_source attempts_;

  metrics::Mutex close_mutex_;  // one Close() at a time
  std::vector<std::thread> senders_ STREAMHOUSE_GUARDED_BY(close_mutex_);

  metrics::Mutex mutex_;
  metrics::CondVar work_;  // for senders: a batch is ready, a deadline wants watching, or stopping_
  metrics::CondVar room_;  // for Send(): a batch was completed, or closed_
  metrics::CondVar done_;  // for Flush(): a batch was completed
  // Nodes are stable; the accumulator points into them.
  std::map<std::string, Topic, std::less<>> topics_ STREAMHOUSE_GUARDED_BY(mutex_);
  RecordAccumulator accumulator_ STREAMHOUSE_GUARDED_BY(mutex_);
  TimestampClock timestamp_clock_ STREAMHOUSE_GUARDED_BY(mutex_);
  // For the back-off of look-ups.
  std::minstd_rand random_ STREAMHOUSE_GUARDED_BY(mutex_){std::random_device{}()};
  // One sender sleeps until then, for all of them; kEndOfTime when none does.
  Nanoseconds watched_until_ STREAMHOUSE_GUARDED_BY(mutex_) = RecordAccumulator::kEndOfTime;
  std::size_t failed_records_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  bool closed_ STREAMHOUSE_GUARDED_BY(mutex_) = false;    // Send() refuses
  bool stopping_ STREAMHOUSE_GUARDED_BY(mutex_) = false;  // senders give up what is left, then leave
};

class Producer::Builder {
 public:
  Builder& broker(std::shared_ptr<Broker> broker);
  Builder& metrics(const ProducerMetrics& metrics);  // sinks by default
  Builder& options(const ProducerOptions& options);

  // kInvalidArgument without a broker, or with a limit that lets no record through: Status::field()
  // is "broker" or a field of ProducerOptions. kUnavailable where the system has no threads left.
  Result<std::unique_ptr<Producer>> Build() const;

 private:
  std::shared_ptr<Broker> broker_;
  ProducerMetrics metrics_;
  ProducerOptions options_;
};

}  // namespace streamhouse::client
