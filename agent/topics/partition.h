// Partition: one partition as this agent serves it: its log, guarded by its lease.
//
// When to use something else: PartitionLog knows nothing of leases; TopicCatalog finds partitions
// by name.
// Guarantees:
// 1. A batch is acknowledged only if the lease was held before the write and after it, at the same
//    epoch.
// 2. An epoch that a newer holder has outdated never reaches the log.
// 3. Records are counted as written when they are in the log, acknowledged or not
//    (record_metrics.h). The latency is that of the append alone.
// Invariants:
// 1. No batch is in the log before its opening is stored. Once stored, it stays so.
// Thread safety: OnDamage() and Continue() come first, from the thread that makes the partition.
// All others from any thread afterwards.
// Cost: that of PartitionLog, two clock readings for the latency and two for the lease.
// Errors:
// - InvalidArgument for an empty batch, or a record over the limit, naming its size.
// - OutOfRange for an offset beyond the log, or a batch whose sequence has been passed.
// - DataLoss for records that cannot be read.
// - FailedPrecondition for a read while another agent has the lease (Lease::MayRead).
// Append, when it has written nothing:
// - FailedPrecondition without the lease.
// - Aborted when fenced.
// - ResourceExhausted when the disk is full.
// - Unavailable when the disk is out of reach or the log is closed.
// Append, when the batch may be in the log:
// - DeadlineExceeded when the lease ran out meanwhile.
// - Internal when a sync failed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "agent/lease/lease.h"
#include "agent/log/append_waiters.h"
#include "agent/log/batch_builder.h"
#include "agent/log/damage_list.h"
#include "agent/log/log_format.h"
#include "agent/log/log_measures.h"
#include "agent/log/log_openings.h"
#include "agent/log/partition_log.h"
#include "agent/log/retention.h"
#include "agent/metadata/topic_id_partition.h"
#include "agent/topics/disk_reserve.h"
#include "agent/topics/record_metrics.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/histogram.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

struct WriteMetrics {
  metrics::TickHistogram write_latency;  // nanoseconds
  std::shared_ptr<TopicRecordMetrics> record_metrics = std::make_shared<TopicRecordMetrics>();
};

// Readers have found records that cannot be read. Told once a range, on the thread that noticed.
using DamageFound = std::function<void(const Damage& damage)>;

// The log takes no more batches until it is opened again (PartitionLog::Health). Told once, on the
// thread that noticed.
using LogFailed = std::function<void(const metrics::Status& reason)>;

struct Watermarks {
  std::uint64_t log_start_offset = 0;
  std::uint64_t high_watermark = 0;
};

class Partition {
 public:
  // `record_bytes_max` limits the key and value of one record, together. `reserve` knows whether
  // the disk has room.
  Partition(
      std::unique_ptr<PartitionLog> log, std::shared_ptr<const Lease> lease, std::size_t record_bytes_max,
      WriteMetrics metrics, LogFailed log_failed = [](const metrics::Status&) {}, TopicId topic_id = 0,
      DiskReserve* reserve = nullptr)
      : log_(std::move(log)),
        lease_(std::move(lease)),
        record_bytes_max_(record_bytes_max),
        metrics_(std::move(metrics)),
        log_failed_(std::move(log_failed)),
        topic_id_(topic_id),
        reserve_(reserve) {}

  // The life of the topic whose partition this is.
  TopicId topic_id() const { return topic_id_; }

  // See PartitionLog::Append. `trace` becomes an exemplar of the latency.
  metrics::Result<AppendedBatch> Append(const BatchBuilder& batch, const metrics::TraceContext& trace = {});

  // Sets the callback for damage. Must be called before the partition is served.
  void OnDamage(DamageFound damage_found) { damage_found_ = std::move(damage_found); }

  // The log was opened before. Append calls `store_opening` before the first batch, until one call
  // succeeds; a batch before that is refused with its failure. Must be called before the partition
  // is served.
  void Continue(LogOpenings openings, std::function<metrics::Status()> store_opening) {
    openings_ = std::move(openings);
    store_opening_ = std::move(store_opening);
    // Relaxed: no other thread has the partition yet.
    is_opening_stored_.store(false, std::memory_order_relaxed);
  }

  // See PartitionLog::Read. ReadLimits() without values reads one record.
  metrics::Result<std::uint32_t> Read(std::uint64_t offset, ReadLimits limits,
                                      const std::function<void(const RecordView&)>& visit) const;

  metrics::Result<Watermarks> FindWatermarks() const;
  // See PartitionLog::FindDamage.
  std::optional<OffsetRange> FindDamage(std::uint64_t offset) const { return log_->FindDamage(offset); }

  // See PartitionLog::FindTimestamp. Nothing at the high watermark and beyond. An offset below the
  // start of the log counts as its first record, an unreadable record as the next readable one.
  metrics::Result<std::optional<std::int64_t>> FindTimestamp(std::uint64_t offset) const;

  // Waiters are woken by appends, when the lease is lost, and when the partition drains.
  AppendWaiters& waiters() { return log_->waiters(); }

  // Wakes all waiters. Later ones are refused.
  void Drain() { log_->waiters().Close(); }
  // Every epoch below `fence` is refused from now on.
  void LoseLease(std::uint64_t fence);

  // See PartitionLog::ApplyRetention. Ignores the lease, since no other agent has these files.
  metrics::Result<std::size_t> ApplyRetention(const Retention& retention, std::int64_t now_ms);

  metrics::Status Sync();
  metrics::Status Close();

  // See PartitionLog::Health.
  metrics::Status LogHealth() const { return log_->Health(); }
  // See PartitionLog::Integrity.
  metrics::Status Integrity() const { return log_->Integrity(); }

  // Without regard to the lease.
  std::uint64_t HighWatermark() const { return log_->HighWatermark(); }
  std::uint64_t LogStartOffset() const { return log_->LogStartOffset(); }
  // See PartitionLog::FindOffset.
  metrics::Result<std::uint64_t> FindOffset(std::int64_t append_time_ms) const {
    return log_->FindOffset(append_time_ms);
  }

  // For lag; see PartitionLog.
  LogExtent Extent() const { return log_->Extent(); }
  std::uint64_t CountReadable(const OffsetRange& range) const { return log_->CountReadable(range); }
  std::optional<std::int64_t> FindSegmentEnd(std::uint64_t offset) const { return log_->FindSegmentEnd(offset); }
  metrics::Result<std::uint64_t> CountMessages();
  // The first record from `offset` on that can be read; nothing when there is none.
  metrics::Result<std::optional<RecordMeasure>> Measure(std::uint64_t offset) const;
  // See Lease.
  metrics::Status MayRead() const { return lease_->MayRead(); }
  metrics::Result<std::uint64_t> LeaseEpoch() const { return lease_->Epoch(); }

  const LogOpenings& openings() const { return openings_; }

  // Of its topic.
  TopicRecordMetrics& record_metrics() const { return *metrics_.record_metrics; }

 private:
  metrics::Status CheckBatch(const BatchBuilder& batch) const;
  // The epoch to write the batch under.
  metrics::Result<std::uint64_t> Admit(const BatchBuilder& batch) const;
  metrics::Status StoreOpening() const;
  metrics::Result<AppendedBatch> Write(const BatchBuilder& batch, std::uint64_t epoch,
                                       const metrics::TraceContext& trace);
  metrics::Status Named(const metrics::Status& failure) const;
  void AnnounceDamage() const;
  // After any failure of the log.
  void AnnounceIfItFailed();

  // Immutable after construction.
  const std::unique_ptr<PartitionLog> log_;
  const std::shared_ptr<const Lease> lease_;
  const std::size_t record_bytes_max_;
  const WriteMetrics metrics_;
  const LogFailed log_failed_;
  const TopicId topic_id_;
  DiskReserve* const reserve_;  // may be null

  // Immutable once the partition is served.
  LogOpenings openings_ = LogOpenings({}, log_->HighWatermark());
  std::function<metrics::Status()> store_opening_;
  DamageFound damage_found_ = [](const Damage&) {};

  // Used by any thread.
  mutable std::atomic<bool> is_opening_stored_ = true;  // a log that is new needs no stored opening
  std::once_flag announced_;
};

}  // namespace streamhouse::agent
