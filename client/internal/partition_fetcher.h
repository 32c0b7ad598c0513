// PartitionFetcher: reads one partition ahead of its consumer, on a thread of its own.
//
// When to use something else: Consumer; this is its inside.
// Invariants:
// 1. Batches that wait lie between the position and the fetch offset, in the order of their
//    offsets.
// 2. The position is that of the next record to be taken.
// Guarantees:
// 1. Batches come in the order of their offsets, each record once, from the start offset or the
//    last Seek() on.
// 2. No record that was fetched before a Seek() is returned after it.
// 3. At most kPrefetchedBatches wait to be taken.
// 4. A failed fetch is retried until it succeeds, after a back-off. position() does not move
//    meanwhile.
// 5. One idle, slow or failing partition delays no other.
// 6. position() moves by itself in these cases:
//    - before the start of the log: to the first record left; past its end: to the end;
//    - the log was opened again with an end before the position: to that end, as the records behind
//      it are new. What was read ahead of the lost records is dropped. Of several such openings
//      between two fetches, the lowest end counts; an agent that does not look at
//      FetchRequest::open_id tells the last end alone;
//    - the topic was deleted and created again: to where the group starts in a topic that it does
//      not know;
//    - damaged records, with report_damage: behind them. Without it, they are a failure until they
//      are gone.
// Thread safety: every method, from any thread.
// Cost: a thread, and a call to the broker every max_wait when idle.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

#include "client/broker.h"
#include "client/internal/arrival_signal.h"
#include "client/internal/start_offset.h"
#include "client/log_life.h"
#include "client/offset_reset.h"
#include "client/polled_records.h"
#include "client/record.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

// Records of the partition are damaged and were skipped. Called on the partition's thread, before
// any record behind them is returned. It must not throw, and must not call the consumer.
using DamageReport = std::function<void(const TopicPartition& partition, const DamagedRange& skipped)>;

struct FetchOptions {
  std::uint32_t max_records = 500;                                      // of one fetch
  std::chrono::milliseconds max_wait{500};                              // for the first record, at the broker
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);  // beyond max_wait
  OffsetReset offset_reset = OffsetReset::kLatest;
  DamageReport report_damage = nullptr;  // null: damaged records are not skipped
};

class PartitionFetcher {
 public:
  static constexpr std::size_t kPrefetchedBatches = 2;

  // `group` may be empty. `arrivals` is notified of each batch, and outlives the fetcher.
  PartitionFetcher(std::shared_ptr<Broker> broker, std::string group, TopicPartition partition, FetchOptions options,
                   const LogPosition& start, ArrivalSignal& arrivals);
  ~PartitionFetcher();  // Stop()
  PartitionFetcher(const PartitionFetcher&) = delete;
  PartitionFetcher& operator=(const PartitionFetcher&) = delete;

  // Begins to fetch. Once. kUnavailable where the system has no thread left.
  Status Start();

  const TopicPartition& partition() const { return partition_; }

  // The next records, if some are here, and moves position() past them. Never waits for the broker.
  std::optional<PartitionRecords> Take();

  // The offset of the next record that Take() returns.
  LogPosition position() const;

  void Seek(Offset offset);

  // What the latest fetch failed with, while it has not succeeded since; otherwise OK.
  Status failure() const;

  void RequestStop();  // does not wait
  void Stop();         // waits for the thread

 private:
  void Run();
  Result<FetchedBatch> Fetch(const LogPosition& from, const CallLimits& limits);
  void HandleResponse(FetchedBatch fetched) STREAMHOUSE_REQUIRES(mutex_);
  void HandleFailure(const Status& failure, const CallLimits& limits) STREAMHOUSE_REQUIRES(mutex_);
  // Each of them calls others without the lock.
  void Keep(FetchedBatch fetched) STREAMHOUSE_REQUIRES(mutex_);
  void HandleDamage(const DamagedRange& damaged) STREAMHOUSE_REQUIRES(mutex_);
  void ReturnToLog(const CallLimits& limits) STREAMHOUSE_REQUIRES(mutex_);
  void FollowTopic(const CallLimits& limits) STREAMHOUSE_REQUIRES(mutex_);
  // Goes back where the log was opened again with an end before fetch_offset_. Whether it was.
  bool FollowLog(const LogLife& now) STREAMHOUSE_REQUIRES(mutex_);
  // Forgets what was read ahead from `end` on.
  void GoBackTo(Offset end) STREAMHOUSE_REQUIRES(mutex_);
  void BackOff() STREAMHOUSE_REQUIRES(mutex_);
  bool IsSound() const STREAMHOUSE_REQUIRES(mutex_);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const std::string group_;
  const TopicPartition partition_;
  const FetchOptions options_;
  ArrivalSignal& arrivals_;

  mutable metrics::Mutex mutex_;
  metrics::CondVar changed_;                     // a batch was taken, the position sought, or stopping_
  LogLife life_ STREAMHOUSE_GUARDED_BY(mutex_);  // of the offsets below
  std::deque<PartitionRecords> queue_ STREAMHOUSE_GUARDED_BY(mutex_);
  Offset position_ STREAMHOUSE_GUARDED_BY(mutex_);
  Offset fetch_offset_ STREAMHOUSE_GUARDED_BY(mutex_);         // behind the last batch of the queue, or position_
  std::uint64_t seeks_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;     // what was asked for before the last is not wanted
  std::stop_source interrupt_ STREAMHOUSE_GUARDED_BY(mutex_);  // of the call under way
  Status failure_ STREAMHOUSE_GUARDED_BY(mutex_);
  int failures_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;  // since the last success
  bool stopping_ STREAMHOUSE_GUARDED_BY(mutex_) = false;

  std::minstd_rand random_;  // of the thread
  std::thread thread_;
};

}  // namespace streamhouse::client
