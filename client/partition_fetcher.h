// PartitionFetcher: reads one partition ahead of its consumer, on a thread of its own.
//
// When to use something else: Consumer; this is its inside.
// Guarantees: batches come in the order of their offsets, each record once, from the start offset or the last Seek()
// on; nothing that was fetched before a Seek() is returned after it. At most kPrefetchedBatches wait to be taken. A
// failed fetch is tried again until it succeeds, after a back-off; position() does not move meanwhile. A position
// outside the log is reset by the policy. One idle, slow or failing partition delays no other.
// Thread safety: every method, from any thread.
// Cost: a thread, and a call to the broker every max_wait when idle.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <thread>

#include "client/arrival_signal.h"
#include "client/broker.h"
#include "client/offset_reset.h"
#include "client/polled_records.h"
#include "client/record.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

struct FetchOptions {
  std::uint32_t max_records = 500;                                      // of one fetch
  std::chrono::milliseconds max_wait{500};                              // for the first record, at the broker
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);  // beyond max_wait
  OffsetReset offset_reset = OffsetReset::kLatest;
};

class PartitionFetcher {
 public:
  static constexpr std::size_t kPrefetchedBatches = 2;

  // Starts at once. `arrivals` is notified of each batch, and outlives the fetcher.
  PartitionFetcher(std::shared_ptr<Broker> broker, TopicPartition partition, const FetchOptions& options, Offset start,
                   ArrivalSignal& arrivals);
  ~PartitionFetcher();  // Stop()
  PartitionFetcher(const PartitionFetcher&) = delete;
  PartitionFetcher& operator=(const PartitionFetcher&) = delete;

  const TopicPartition& partition() const { return partition_; }

  // The next records, if some are here, and moves position() past them. Never waits for the broker.
  std::optional<PartitionRecords> Take();

  // The offset of the next record that Take() returns.
  Offset position() const;

  void Seek(Offset offset);

  // What the latest fetch failed with, while it has not succeeded since; otherwise OK.
  Status failure() const;

  void RequestStop();  // does not wait
  void Stop();         // waits for the thread

 private:
  using Lock = std::unique_lock<std::mutex>;

  void Run();
  Result<FetchedBatch> Fetch(Offset offset, const CallLimits& limits);
  void Keep(Lock& lock, FetchedBatch fetched);
  void HandleFailure(Lock& lock, const Status& failure, const CallLimits& limits);
  void Reset(Lock& lock, const CallLimits& limits);
  void BackOff(Lock& lock);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const TopicPartition partition_;
  const FetchOptions options_;
  ArrivalSignal& arrivals_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // a batch was taken, the position sought, or stopping_

  // Guarded by mutex_.
  std::deque<PartitionRecords> queue_;
  Offset position_;
  Offset fetch_offset_;         // behind the last batch of the queue, or position_ without one
  std::uint64_t seeks_ = 0;     // what was asked for before the last of them is not wanted any more
  std::stop_source interrupt_;  // of the call under way
  Status failure_;
  int failures_ = 0;  // since the last success
  bool stopping_ = false;

  std::minstd_rand random_;  // of the thread
  std::thread thread_;
};

}  // namespace streamhouse::client
