// RecordAccumulator: accepted records, gathered into batches, one queue a partition; decides which
// batch may go when.
//
// When to use something else: Producer; this is its inside, free of threads, clocks and brokers, so
// that order, linger and limits can be tested step by step.
// Invariants:
// 1. A record and the callback that waits for it enter a batch in one operation, so that offset and
//    waiter cannot be mis-paired.
// 2. At most one batch of a partition is out (taken, not yet given back). Batches of a partition go
//    out in the order in which they were opened. A batch that is retried goes before all others
//    of its partition.
// 3. A partition that is out, waits for its next attempt, or lingers never holds up another one.
// 4. The records of a partition are numbered in that order, without gaps, by the identities of
//    their batches.
// 5. No batch exceeds the limits; the linger of a batch counts from its first record.
// 6. A partition that is ready has a batch to send, and a batch is charged to the buffer once.
// Guarantees: each record that Append() takes is in one batch, and each batch comes out of
// TakeReady() until Complete() ends it.
// Thread safety: none, the owner locks. Moments are nanoseconds of one monotonic clock, passed in;
// one that is earlier than that of the call before makes a linger late by the difference.
// Cost: an append copies the record and allocates only when a batch's buffers grow; buffers are
// used again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "client/compression.h"
#include "client/delivery.h"
#include "client/producer_metrics.h"
#include "client/record.h"
#include "client/record_batch.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::client {

using Nanoseconds = std::uint64_t;

struct AccumulatorLimits {
  std::size_t batch_records = 0;
  std::size_t batch_bytes = 0;   // of charged bytes
  std::size_t buffer_bytes = 0;  // of charged bytes, over all batches, also when out
  Nanoseconds linger = 0;
  Compression compression = Compression::kNone;  // of every batch
};

// Records of one partition that travel together.
struct ProducerBatch {
  struct Waiter {
    std::uint32_t record;  // index in `records`
    DeliveryCallback callback;
  };
  struct Traced {
    std::uint32_t record;  // index in `records`
    metrics::TraceContext trace;
  };

  std::uint64_t id = 0;  // ascending in the order of opening, over all partitions
  RecordBatch records;
  std::vector<Nanoseconds> entered_at;  // one a record: when its sender came
  std::vector<Waiter> waiters;          // of the records that a callback waits for, ascending
  std::vector<Traced> traces;           // of the records that have one that is sampled, ascending
  std::size_t charged_bytes = 0;
  int failures = 0;
  bool is_in_doubt = false;       // an attempt has failed that may have written it
  Nanoseconds first_sent_at = 0;  // 0 before the first attempt
};

class RecordAccumulator {
 public:
  // What a record costs besides its bytes, in the limits: about its share of bookkeeping here and
  // on the wire.
  static constexpr std::size_t kRecordOverheadBytes = 24;

  class Partition {
   public:
    Partition(TopicPartition topic_partition, const ProducerTopicMetrics& topic_metrics)
        : topic_partition_(std::move(topic_partition)), topic_metrics_(topic_metrics) {}

    const TopicPartition& topic_partition() const { return topic_partition_; }
    const ProducerTopicMetrics& topic_metrics() const { return topic_metrics_; }

   private:
    friend class RecordAccumulator;
    using Lingering = std::list<Partition*>;

    // Immutable after construction.
    const TopicPartition topic_partition_;
    const ProducerTopicMetrics& topic_metrics_;

    // Guarded by the owner's lock.
    std::unique_ptr<ProducerBatch> open_;  // takes records
    Nanoseconds linger_ends_ = 0;          // of open_
    Lingering::iterator lingering_;        // of open_
    std::deque<std::unique_ptr<ProducerBatch>> sealed_;
    std::uint64_t next_sequence_ = 0;  // of the next batch to be sealed
    bool scheduled_ = false;           // in ready_, out, or in delayed_
  };

  // A batch that has been taken; the taker gives it back with Complete() or Retry().
  struct Outgoing {
    Partition* partition = nullptr;
    std::unique_ptr<ProducerBatch> batch;
  };

  // What an append changed for those who wait for TakeReady().
  enum class Appended : std::uint8_t {
    kToOpenBatch,   // nothing
    kOpenedABatch,  // NextDeadline() may be earlier
    kMadeReady,     // TakeReady() has more to give
  };

  // `producer_id` becomes part of the identity of every batch.
  RecordAccumulator(const AccumulatorLimits& limits, std::uint64_t producer_id)
      : limits_(limits), producer_id_(producer_id) {}

  static std::size_t ChargedBytes(const RecordView& record) { return record.bytes() + kRecordOverheadBytes; }
  bool HasRoom(std::size_t charged_bytes) const { return charged_bytes <= limits_.buffer_bytes - buffered_bytes_; }

  // The record fits a batch and there is room. The partition outlives the accumulator. `entered` is
  // when its sender came, `now` is when the record is appended: the linger counts from here.
  Appended Append(Partition& partition, const RecordView& record, DeliveryCallback waiter, Nanoseconds entered,
                  Nanoseconds now);

  // A moment after every linger and every wait for another attempt.
  static constexpr Nanoseconds kEndOfTime = UINT64_MAX;

  // A batch whose turn it is at that moment, if there is one.
  std::optional<Outgoing> TakeReady(Nanoseconds now);

  // Whether TakeReady() would give a batch now.
  bool HasReady() const { return !ready_.empty(); }

  // The first moment at which TakeReady() may find more than it does now, if no call changes that
  // before.
  std::optional<Nanoseconds> NextDeadline() const;

  // The batch goes out again, not before that moment.
  void Retry(Outgoing outgoing, Nanoseconds not_before);

  // The batch is done, with success or failure: its room is free and the partition's next batch may
  // go. The caller has told its waiters and cleared them, so that no foreign destructor runs under
  // the owner's lock.
  void Complete(Outgoing outgoing);

  // Ends the linger of every batch.
  void SealAll();

  // Ends the linger of batches that would go at once: of partitions that have no other batch to
  // send, unless there are batches that wait for a sender anyway. For a buffer that is full. Ending
  // every linger would leave batches as small as the room that the last one has freed, and each of
  // them would free as little.
  void SealIdle();

  // Batches opened so far; with IsDoneBefore(), a way to wait for what had been accepted at some
  // moment.
  std::uint64_t batches_opened() const { return batches_opened_; }
  // Whether every batch with an id < `id` has been completed.
  bool IsDoneBefore(std::uint64_t id) const { return undone_.empty() || *undone_.begin() >= id; }

 private:
  static constexpr std::size_t kSpareBatches = 16;

  static void NoteTrace(const RecordView& record, ProducerBatch& batch);
  void Open(Partition& partition, Nanoseconds now);
  void Seal(Partition& partition);
  void Schedule(Partition& partition);

  // Immutable after construction.
  const AccumulatorLimits limits_;
  const std::uint64_t producer_id_;

  // Guarded by the owner's lock, as are the partitions.
  std::size_t buffered_bytes_ = 0;
  std::uint64_t batches_opened_ = 0;
  std::set<std::uint64_t> undone_;
  Partition::Lingering lingering_;                  // those with an open batch, by the end of its linger
  std::deque<Partition*> ready_;                    // those whose first sealed batch may go
  std::multimap<Nanoseconds, Partition*> delayed_;  // those whose first sealed batch may go at that moment
  std::vector<std::unique_ptr<ProducerBatch>> spares_;
};

}  // namespace streamhouse::client
