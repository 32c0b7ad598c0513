// PartitionLog: the records of one partition, in segment files of one folder, by offset.
//
// When to use something else: SegmentReader and log_format.h to look at files without owning them.
// Invariants:
// 1. Segments follow each other: each begins where the one before it ends, up to the high
//    watermark.
// 2. A batch begins where the log ends.
// 3. The last segment is never removed.
// 4. A fence is never lowered.
// Guarantees:
// 1. Offsets are dense and never reused or reordered. The high watermark never goes backwards, also
//    over a restart.
// 2. Records go from the start of the log, a segment at a time, by ApplyRetention alone.
// 3. A batch becomes visible to readers only after Append has done what the sync policy says; then
//    it is acknowledged.
// 4. A batch whose Append failed is never visible in this process. After a failed sync it may come
//    back when the log is opened again.
// 5. An epoch lower than the highest one seen, in the log or by RaiseFence, is refused.
// 6. A segment file that another program removes or shortens is damage to readers. Once it is the
//    last one, the log takes no more batches (Health).
// Thread safety: everything from any thread. Appends queue for one lock, which is held for the
// write (and the sync); readers never wait for it.
// Cost: Append is two system calls and no copy; the first one also syncs four folders. Read is one
// system call for each kReadAheadBytes (segment_reader.h), and two more in a segment that has a
// successor. One file descriptor, for any number of segments, and one for each reader of a segment
// that has a successor.
// Errors:
// - Aborted for a stale epoch.
// - OutOfRange for an offset beyond the log, or a batch whose sequence has been passed.
// - DataLoss, naming file and position.
// - InvalidArgument for a batch that is empty or over kBatchBodyBytesMax.
// - Those of the file system.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/log/append_waiters.h"
#include "agent/log/batch_builder.h"
#include "agent/log/damage_list.h"
#include "agent/log/file_system.h"
#include "agent/log/log_clocks.h"
#include "agent/log/log_format.h"
#include "agent/log/log_measures.h"
#include "agent/log/producer_sequences.h"
#include "agent/log/recovery.h"
#include "agent/log/retention.h"
#include "agent/log/segment_walk.h"
#include "agent/log/segment_writer.h"
#include "agent/log/sparse_index.h"
#include "metrics_core/clock.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

// When an acknowledged batch is on the disk. Under every policy it survives the death of this
// process (kill -9, a crash), because the write has completed before the acknowledgement. The
// policies differ after a loss of power or a crash of the kernel. After a Close() that returned OK,
// every batch is on the disk under every policy.
enum class SyncPolicy : std::uint8_t {
  kEachBatch,  // no acknowledged batch is lost
  // The owner of the log calls Sync() at an interval. Batches acknowledged since the last call can
  // be lost.
  kInterval,
  // Batches that the kernel has not yet written back can be lost: up to about 30 s of them. The
  // kernel writes back in any order, so a segment that has a successor can be damaged. Open() then
  // refuses the log.
  kNone,
};

// The folder of a partition may be new, and so may those above it in the data folder:
// DATA/log/TOPIC/PARTITION.
inline constexpr int kNewFolderParents = 3;

inline constexpr std::uint64_t kSegmentBytesDefault = std::uint64_t{64} * 1024 * 1024;

struct PartitionLogOptions {
  std::uint64_t segment_bytes = kSegmentBytesDefault;  // a segment that would outgrow this is followed by a new one
  SyncPolicy sync_policy = SyncPolicy::kNone;
  WallClock wall_clock = metrics::Clock::UnixMilliseconds;  // of append times, and at Open() of ages (ages_at_open.h)
  SteadyClock steady_clock = SteadyMilliseconds;            // of ages from Open() on
};

// Limits of one read. At least one record is read if there is one, of any size.
struct ReadLimits {
  std::uint32_t records = 0;
  std::uint64_t bytes = 0;  // of keys, values and headers
};

// Where a batch stands in the log.
struct AppendedBatch {
  std::uint64_t base_offset = 0;  // of its first record
  bool was_there = false;         // it had been written before, and was not written again
};

class PartitionLog {
 public:
  // Recovers what is in the folder (recovery.h), or starts an empty log there. `files` must outlive
  // the log. Before the first record is written, the folder and kNewFolderParents of its parents
  // are synced. A loss of power may remove the folder of an empty log; Open() then creates it
  // again.
  static Result<std::unique_ptr<PartitionLog>> Open(FileSystem& files, std::string folder, PartitionLogOptions options);
  ~PartitionLog();
  PartitionLog(const PartitionLog&) = delete;
  PartitionLog& operator=(const PartitionLog&) = delete;

  // Writes the batch, unless it is the one that its producer has written last
  // (producer_sequences.h).
  Result<AppendedBatch> Append(const BatchBuilder& batch, std::uint64_t epoch);

  // From now on an epoch below this one is refused.
  void RaiseFence(std::uint64_t epoch);

  // Visits records from `offset` on, until a limit or the high watermark is reached; a read may
  // also end early, but never before the first record. `visit` is called on this thread and must
  // not keep the views. Returns how many. DataLoss when the record at `offset` cannot be read;
  // FindDamage() then says where reading can go on. Damage further on ends the read early.
  Result<std::uint32_t> Read(std::uint64_t offset, ReadLimits limits,
                             const std::function<void(const RecordView&)>& visit) const;

  // The damaged range that contains `offset`, if a reader has found it.
  std::optional<OffsetRange> FindDamage(std::uint64_t offset) const;
  // Damage that readers have found since the last call.
  std::vector<Damage> TakeNewDamages();
  // OK unless readers have found records that cannot be read: the first of them.
  Status Integrity() const;

  // The time when the record at `offset` was sent, as SentAt() (sent_time.h) gives it. Nothing at
  // the high watermark.
  Result<std::optional<std::int64_t>> FindTimestamp(std::uint64_t offset) const;

  // The first record whose append time is this or later; the high watermark when there is none.
  // Where the system's clock stepped back, earlier times may follow.
  Result<std::uint64_t> FindOffset(std::int64_t append_time_ms) const;

  // Removes the segments that are beyond the limits at that moment of the steady clock; returns how
  // many. To remove the content of the last segment takes a new file; the others go without one.
  // After a failure it has stopped before a segment, or behind a segment whose removal is not
  // synced; it may be called again. A log that takes no more batches removes nothing, and returns
  // the error of Health().
  Result<std::size_t> ApplyRetention(const Retention& retention, std::int64_t now_ms);

  // The offset after the last visible record.
  std::uint64_t HighWatermark() const;
  std::uint64_t LogStartOffset() const;

  // For lag (log_measures.h). None of these waits for an append; Measure() and CountMessages() read
  // the disk.
  LogExtent Extent() const;
  // The record at `offset`; nothing at the high watermark. DataLoss as Read(). Reads at most
  // kIndexIntervalBytes and a batch.
  Result<std::optional<RecordMeasure>> Measure(std::uint64_t offset) const;
  // How many offsets of the range can be read, as far as damage is known.
  std::uint64_t CountReadable(const OffsetRange& range) const;
  // By the steady clock, the last append to the segment that holds `offset`, which retention goes
  // by. Nothing in the last segment, or where the log does not hold the offset.
  std::optional<std::int64_t> FindSegmentEnd(std::uint64_t offset) const;
  // Opening a log counts the message bytes of its last segment alone. This reads the newest segment
  // where they are not counted; returns its size, 0 when all are counted. One thread at a time.
  Result<std::uint64_t> CountMessages();

  // See append_waiters.h.
  AppendWaiters& waiters() { return waiters_; }

  // Every epoch below it is refused.
  std::uint64_t fence();

  // Bytes that recovery truncated when the log was opened.
  std::uint64_t torn_bytes() const { return torn_bytes_; }

  // When it returns OK, all batches that were appended before are on the disk. Appends go on
  // meanwhile. Costs nothing without an append since the last sync, unless the policy is kNone. OK
  // after Close(), without a look at the files. Under kInterval it also notices that the file that
  // is appended to, or its folder, was moved or replaced.
  Status Sync();

  // OK until the content of the disk is unknown. That is so after:
  // - a failed sync of a segment or a folder,
  // - a failed write that could not be taken back,
  // - a folder that is gone when it has to be synced, or a segment created in it,
  // - a removal, a move or a change of size by another program of the file that is appended to.
  // From then on the log takes no more batches, until it is opened again; then it says why. Another
  // error of opening a file or folder, as for lack of descriptors, changes nothing: the next call
  // retries. Never waits for the disk.
  Status Health() const;

  // Syncs, wakes all waiters, and refuses appends from then on; files may go. Reads of the last
  // segment still work; those of other segments get Unavailable, as another log may have files in
  // the folder by then. May be called twice.
  Status Close();

 private:
  enum class Removal : std::uint8_t { kUnexpected, kExpected };
  struct Segment {
    std::uint64_t base_offset = 0;
    std::string path;
    std::int64_t file_time_ms = 0;  // stands for the append time of batches that have none
    // Under the state_mutex_ of the log.
    std::shared_ptr<const ReadableFile> file = nullptr;  // of the last segment; others are opened where they are read
    std::uint64_t size_bytes = 0;
    std::uint64_t message_bytes = 0;                           // where they were counted
    std::optional<std::int64_t> message_start = std::nullopt;  // the place of its first record, where it was counted
    std::int64_t append_time_ms = kNeverAppended;              // the latest of its batches
    std::int64_t appended_ms = kNeverAppended;                 // by the steady clock, its last batch
    SparseIndex index = {};
    Removal removal = Removal::kUnexpected;  // kExpected: by retention
  };
  struct ReadStart {
    std::shared_ptr<const Segment> segment;
    std::shared_ptr<const ReadableFile> file;
    BatchPosition from = {};
    BatchPosition end = {};                                    // behind the last batch
    std::optional<std::int64_t> message_start = std::nullopt;  // of the segment
  };
  using Segments = std::vector<std::shared_ptr<Segment>>;

  PartitionLog(FileSystem& files, std::string folder, PartitionLogOptions options);
  Status Recover();
  Result<bool> DropOrphan(std::uint64_t base_offset) STREAMHOUSE_REQUIRES(append_mutex_, state_mutex_);
  void NoteAges() STREAMHOUSE_REQUIRES(append_mutex_, state_mutex_);
  Status RecoverOne(std::uint64_t base_offset, SegmentRole role) STREAMHOUSE_REQUIRES(append_mutex_, state_mutex_);
  Result<AppendedBatch> Write(const BatchBuilder& batch, BatchHeader& header) STREAMHOUSE_REQUIRES(append_mutex_);
  Status SyncFolders() STREAMHOUSE_REQUIRES(append_mutex_);
  Status SyncRemoval() STREAMHOUSE_REQUIRES(append_mutex_);
  Status RefuseIfFinal(const Status& failure) STREAMHOUSE_REQUIRES(append_mutex_);
  Status StartSegment(std::uint64_t base_offset) STREAMHOUSE_REQUIRES(append_mutex_);
  Status Roll() STREAMHOUSE_REQUIRES(append_mutex_);
  Status StartNext() STREAMHOUSE_REQUIRES(append_mutex_);
  std::string LastPath() const;
  Status SyncAll() STREAMHOUSE_REQUIRES(append_mutex_);
  Status RemoveBeyond(const Retention& retention, std::int64_t oldest_ms, std::size_t& removed)
      STREAMHOUSE_REQUIRES(append_mutex_);
  bool IsIdleBeyond(std::int64_t oldest_ms) const;
  std::shared_ptr<Segment> FindRemovable(const Retention& retention, std::int64_t oldest_ms) const;
  void MarkRemoved(Segment& segment, Removal removal);
  void Publish(const BatchHeader& header, std::uint64_t message_bytes);
  void NoteHealth() STREAMHOUSE_REQUIRES(append_mutex_);
  bool IsSound() const STREAMHOUSE_REQUIRES(state_mutex_);
  ReadStart StartOf(Segments::const_iterator segment) const STREAMHOUSE_REQUIRES(state_mutex_);
  Segments::const_iterator SegmentOf(std::uint64_t offset) const STREAMHOUSE_REQUIRES(state_mutex_);
  Result<ReadStart> StartAt(std::uint64_t offset) const STREAMHOUSE_REQUIRES(state_mutex_);
  Result<ReadStart> FindStart(std::uint64_t offset) const;
  Result<ReadStart> FindMeasureStart(std::uint64_t offset) const;
  ReadStart FindUncounted() const;
  void NoteCounted(std::uint64_t base_offset, SparseIndex index, std::uint64_t message_bytes);
  Status OpenFile(ReadStart& start) const;
  SegmentWalk Walk(const ReadStart& start) const;
  template <typename VisitRecord>  // void(const RecordView&, std::int64_t append_time_ms)
  Result<std::uint32_t> ReadRecords(std::uint64_t offset, ReadLimits limits, const VisitRecord& visit) const;

  // immutable after construction
  FileSystem& files_;
  const std::string folder_;
  const PartitionLogOptions options_;
  std::uint64_t torn_bytes_ = 0;

  AppendWaiters waiters_;

  metrics::Mutex append_mutex_;  // taken before state_mutex_
  std::shared_ptr<SegmentWriter> writer_ STREAMHOUSE_GUARDED_BY(append_mutex_);
  // The paths of segments that kNone has left behind.
  std::vector<std::string> unsynced_ STREAMHOUSE_GUARDED_BY(append_mutex_);
  std::uint64_t next_offset_ STREAMHOUSE_GUARDED_BY(append_mutex_) = 0;
  // Offsets below it are on the disk, unless the policy is kNone.
  std::uint64_t synced_offset_ STREAMHOUSE_GUARDED_BY(append_mutex_) = 0;
  // No record was ever written, and the folders may be new, also those of a process that died
  // before its first record.
  bool folders_unsynced_ STREAMHOUSE_GUARDED_BY(append_mutex_) = true;
  // The last removal by retention may not be on the disk.
  bool removal_unsynced_ STREAMHOUSE_GUARDED_BY(append_mutex_) = false;
  // The last segment must not grow any more: the file of the next one is there, as a roll has
  // failed, or its batches need the time of their file.
  bool roll_due_ STREAMHOUSE_GUARDED_BY(append_mutex_) = false;
  std::uint64_t fence_ STREAMHOUSE_GUARDED_BY(append_mutex_) = 0;
  ProducerSequences sequences_ STREAMHOUSE_GUARDED_BY(append_mutex_);
  bool closed_ STREAMHOUSE_GUARDED_BY(append_mutex_) = false;

  mutable metrics::Mutex state_mutex_;  // held for moments only; after Open() never during input or output
  Segments segments_ STREAMHOUSE_GUARDED_BY(state_mutex_);  // by base offset; never empty after Open
  std::uint64_t high_watermark_ STREAMHOUSE_GUARDED_BY(state_mutex_) = 0;
  std::uint64_t bytes_ STREAMHOUSE_GUARDED_BY(state_mutex_) = 0;    // of all segments
  bool files_may_go_ STREAMHOUSE_GUARDED_BY(state_mutex_) = false;  // the log is closed
  mutable DamageList damages_ STREAMHOUSE_GUARDED_BY(state_mutex_);
  Status health_ STREAMHOUSE_GUARDED_BY(state_mutex_);
};

}  // namespace streamhouse::agent
