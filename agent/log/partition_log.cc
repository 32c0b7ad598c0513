#include "agent/log/partition_log.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/log/ages_at_open.h"
#include "agent/log/segment_name.h"
#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

PartitionLog::PartitionLog(FileSystem& files, std::string folder, PartitionLogOptions options)
    : files_(files), folder_(std::move(folder)), options_(std::move(options)) {}

PartitionLog::~PartitionLog() {
  waiters_.Close();
}

Result<std::unique_ptr<PartitionLog>> PartitionLog::Open(FileSystem& files, std::string folder,
                                                         PartitionLogOptions options) {
  std::unique_ptr<PartitionLog> log(new PartitionLog(files, std::move(folder), std::move(options)));
  if (Status recovered = log->Recover(); !recovered.ok()) return recovered;
  return log;
}

Status PartitionLog::Recover() {
  const metrics::MutexLock lock(append_mutex_);
  auto names = files_.ListFolder(folder_);
  const bool is_new = names.status().code() == StatusCode::kNotFound;
  if (is_new) {
    if (Status made = files_.CreateFoldersUnsynced(folder_); !made.ok()) return made;
    names = std::vector<std::string>();
  }
  if (!names.ok()) return names.status();
  std::vector<std::uint64_t> base_offsets;  // ascending, since names are sorted and have leading zeros
  for (const std::string& name : *names) {
    if (const auto base_offset = BaseOffsetOf(name)) base_offsets.push_back(*base_offset);
  }
  if (base_offsets.empty()) {
    // Segments that were moved away from an older folder do not come back after a loss of power.
    if (Status synced = is_new ? Status::Ok() : files_.SyncFolder(folder_); !synced.ok()) return synced;
    return StartSegment(0);
  }
  // Also during input and output: no other thread has the log yet.
  const metrics::MutexLock state_lock(state_mutex_);
  for (const std::uint64_t base_offset : base_offsets) {
    auto dropped = DropOrphan(base_offset);
    if (!dropped.ok()) return dropped.status();
    if (*dropped) continue;
    const SegmentRole role = base_offset == base_offsets.back() ? SegmentRole::kLast : SegmentRole::kFollowed;
    if (Status one = RecoverOne(base_offset, role); !one.ok()) return one;
  }
  NoteAges();
  Segment& last = *segments_.back();
  last.message_start = 0;
  auto writer = SegmentWriter::Open(files_, last.path, last.size_bytes);
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  last.file = writer_->file();
  // A retried batch that is already here gets its acknowledgement without another sync.
  if (options_.sync_policy != SyncPolicy::kNone) {
    if (Status synced = writer_->Sync(); !synced.ok()) return synced;
    if (Status synced = files_.SyncFolder(folder_); !synced.ok()) return synced;
  }
  folders_unsynced_ = next_offset_ == 0;
  synced_offset_ = next_offset_;
  high_watermark_ = next_offset_;
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return IsSound(); }, "segments are ascending, up to the end");
  waiters_.Advance(high_watermark_);
  return Status::Ok();
}

// A roll that failed may have left an empty file behind, and the segment before it may have grown
// past it.
Result<bool> PartitionLog::DropOrphan(std::uint64_t base_offset) {
  if (segments_.empty() || base_offset >= next_offset_) return false;
  const std::string path = folder_ + "/" + SegmentName(base_offset);
  auto file_bytes = files_.FileSize(path);
  if (!file_bytes.ok()) return file_bytes.status();
  if (*file_bytes > 0) return false;
  if (Status removed = files_.RemoveFile(path); !removed.ok()) return removed;
  return true;
}

Status PartitionLog::RecoverOne(std::uint64_t base_offset, SegmentRole role) {
  std::string path = folder_ + "/" + SegmentName(base_offset);
  if (!segments_.empty() && base_offset != next_offset_) {
    return {StatusCode::kDataLoss, path + " at byte 0: the segment before it ends at offset " +
                                       std::to_string(next_offset_) + ", not at " + std::to_string(base_offset)};
  }
  auto recovered = RecoverSegment(files_, path, base_offset, role, sequences_);
  if (!recovered.ok()) return recovered.status();
  // The time of a copied file, or of a wrong clock, may be in the future.
  const std::int64_t file_time_ms =
      recovered->file_time_ms ? std::min(*recovered->file_time_ms, options_.wall_clock()) : kNeverAppended;
  segments_.push_back(
      std::make_shared<Segment>(Segment{.base_offset = base_offset,
                                        .path = std::move(path),
                                        .file_time_ms = file_time_ms,
                                        .size_bytes = recovered->size_bytes,
                                        .message_bytes = recovered->message_bytes,
                                        .append_time_ms = std::max(recovered->append_time_ms, file_time_ms),
                                        .index = std::move(recovered->index)}));
  bytes_ += recovered->size_bytes;
  next_offset_ = recovered->end_offset;
  // The file's time must not change: it stands for the append time of batches that have none.
  roll_due_ = recovered->file_time_ms.has_value();
  fence_ = std::max(fence_, recovered->last_epoch);
  torn_bytes_ += recovered->torn_bytes;
  return Status::Ok();
}

void PartitionLog::NoteAges() {
  std::vector<std::int64_t> append_times_ms;
  for (const auto& segment : segments_) append_times_ms.push_back(segment->append_time_ms);
  const std::vector<std::int64_t> ages_ms = AgesAtOpen(std::move(append_times_ms), options_.wall_clock());
  const std::int64_t now_ms = options_.steady_clock();
  for (std::size_t i = 0; i < segments_.size(); ++i) segments_[i]->appended_ms = now_ms - ages_ms[i];
}

Status PartitionLog::StartSegment(std::uint64_t base_offset) {
  std::string path = folder_ + "/" + SegmentName(base_offset);
  auto writer = SegmentWriter::Open(files_, path, 0);
  if (!writer.ok()) return RefuseIfFinal(writer.status());
  // The file is there, and may be found again, so the last segment must not grow past it.
  roll_due_ = true;
  const Status synced = folders_unsynced_ ? Status::Ok() : files_.SyncFolder(folder_);
  if (!synced.ok()) return RefuseIfFinal(synced);
  auto segment = std::make_shared<Segment>(
      Segment{.base_offset = base_offset, .path = std::move(path), .file = (*writer)->file()});
  writer_ = *std::move(writer);
  roll_due_ = false;
  const metrics::MutexLock lock(state_mutex_);
  segment->message_start = 0;
  if (!segments_.empty()) {
    Segment& former = *segments_.back();
    former.file = nullptr;
    segment->message_start = former.message_start.value_or(0) + static_cast<std::int64_t>(former.message_bytes);
  }
  // Invariant 1.
  metrics::DCheck([&]() STREAMHOUSE_UNCHECKED { return base_offset == high_watermark_; },
                  "a segment begins where the one before it ends");
  segments_.push_back(std::move(segment));
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return IsSound(); }, "segments are ascending, up to the end");
  return Status::Ok();
}

Status PartitionLog::Roll() {
  const Status started = StartNext();
  NoteHealth();
  return started;
}

Status PartitionLog::StartNext() {
  // A new segment must not hide that the end of this one is unknown.
  if (Status untouched = writer_->CheckUntouched(); !untouched.ok()) return untouched;
  if (options_.sync_policy != SyncPolicy::kNone) {
    if (Status synced = writer_->Sync(); !synced.ok()) return synced;
    synced_offset_ = next_offset_;
    return StartSegment(next_offset_);
  }
  // A sync of a whole segment takes a second on a slow disk. Nothing was promised that needs it
  // before Close().
  std::string former = LastPath();
  if (Status started = StartSegment(next_offset_); !started.ok()) return started;
  unsynced_.push_back(std::move(former));
  return Status::Ok();
}

std::string PartitionLog::LastPath() const {
  const metrics::MutexLock lock(state_mutex_);
  return segments_.back()->path;
}

Status PartitionLog::SyncAll() {
  Status first = writer_->health();
  const bool may_sync_last = first.ok();
  const auto note = [&first](Status failure) {
    if (first.ok()) first = std::move(failure);
  };
  // No retry: the kernel forgets the bytes that it could not write, and the next sync would succeed
  // without them.
  const auto note_sync = [&](const Status& synced) STREAMHOUSE_REQUIRES(append_mutex_) {
    if (!synced.ok()) note(writer_->health().ok() ? writer_->Refuse(synced) : synced);
  };
  // After a failure the other segments are synced all the same: this may be the last chance.
  std::vector<std::string> unopened;
  for (std::string& path : unsynced_) {
    auto file = files_.OpenForAppend(path);
    if (file.ok()) {
      note_sync((*file)->Sync());
    } else {
      note(file.status());
      unopened.push_back(std::move(path));
    }
  }
  unsynced_ = std::move(unopened);
  if (may_sync_last) note_sync(writer_->SyncConcurrently());
  NoteHealth();
  return first;
}

Result<AppendedBatch> PartitionLog::Append(const BatchBuilder& batch, std::uint64_t epoch) {
  if (batch.empty()) return Status(StatusCode::kInvalidArgument, "a batch needs at least one record");
  if (batch.body().size() > kBatchBodyBytesMax) {
    return Status(StatusCode::kInvalidArgument, "a batch of " + std::to_string(batch.body().size()) +
                                                    " bytes is over the limit of " +
                                                    std::to_string(kBatchBodyBytesMax));
  }
  BatchHeader header = batch.MakeHeader();
  header.epoch = epoch;
  const auto appended = [&]() -> Result<AppendedBatch> {
    const metrics::MutexLock lock(append_mutex_);
    if (closed_) return Status(StatusCode::kUnavailable, folder_ + " is closed");
    if (epoch < fence_) {
      return Status(StatusCode::kAborted, "fenced: epoch " + std::to_string(epoch) + " is older than " +
                                              std::to_string(fence_) + " in " + folder_);
    }
    auto written = Write(batch, header);
    if (!written.ok()) NoteHealth();
    return written;
  }();
  if (appended.ok() && !appended.value().was_there) waiters_.Advance(header.end_offset());
  return appended;
}

Result<AppendedBatch> PartitionLog::Write(const BatchBuilder& batch, BatchHeader& header) {
  const ProducerSequences::CheckResult sequence = sequences_.Check(header);
  if (sequence.state == SequenceState::kDuplicate) {
    return AppendedBatch{.base_offset = sequence.base_offset, .was_there = true};
  }
  if (sequence.state == SequenceState::kPassed) {
    return Status(StatusCode::kOutOfRange, "sequence " + std::to_string(header.sequence) + " has been passed");
  }
  if (folders_unsynced_) {
    if (Status synced = SyncFolders(); !synced.ok()) return synced;
  }
  const bool is_full =
      writer_->size_bytes() > 0 && writer_->size_bytes() + header.batch_bytes() > options_.segment_bytes;
  if (is_full || roll_due_) {
    if (Status rolled = Roll(); !rolled.ok()) return rolled;
  }
  header.base_offset = next_offset_;
  header.append_time_ms = options_.wall_clock();
  if (Status written = writer_->Append(header, batch.body()); !written.ok()) return written;
  if (options_.sync_policy == SyncPolicy::kEachBatch) {
    if (Status synced = writer_->Sync(); !synced.ok()) {
      writer_->TruncateLast(header.batch_bytes());
      return synced;
    }
    synced_offset_ = header.end_offset();
  }
  // Invariant 4.
  metrics::DCheck([lowered = header.epoch < fence_] { return !lowered; }, "a fence is never lowered");
  fence_ = header.epoch;
  next_offset_ = header.end_offset();
  sequences_.Note(header);
  Publish(header, batch.message_bytes());
  return AppendedBatch{.base_offset = header.base_offset};
}

Status PartitionLog::SyncFolders() {
  if (Status untouched = writer_->CheckUntouched(); !untouched.ok()) return untouched;
  const Status synced = SyncWithParents(files_, folder_, kNewFolderParents);
  if (!synced.ok()) return RefuseIfFinal(synced);
  folders_unsynced_ = false;
  return Status::Ok();
}

// A folder sync that failed is final, and so is a folder that is gone. After any other error
// nothing was tried: a descriptor may be free the next time.
Status PartitionLog::RefuseIfFinal(const Status& failure) {
  const bool is_final = failure.code() == StatusCode::kInternal || failure.code() == StatusCode::kNotFound;
  // Open() has no writer yet, and fails with either error.
  return is_final && writer_ != nullptr ? writer_->Refuse(failure) : failure;
}

void PartitionLog::Publish(const BatchHeader& header, std::uint64_t message_bytes) {
  const metrics::MutexLock lock(state_mutex_);
  Segment& last = *segments_.back();
  // Invariant 2.
  metrics::DCheck([&]() STREAMHOUSE_UNCHECKED { return header.base_offset == high_watermark_; },
                  "a batch begins where the log ends");
  last.index.Add({.base_offset = header.base_offset, .position = last.size_bytes, .message_bytes = last.message_bytes});
  last.size_bytes += header.batch_bytes();
  last.message_bytes += message_bytes;
  bytes_ += header.batch_bytes();
  last.append_time_ms = std::max(last.append_time_ms, header.append_time_ms);
  last.appended_ms = options_.steady_clock();
  high_watermark_ = header.end_offset();
}

void PartitionLog::RaiseFence(std::uint64_t epoch) {
  const metrics::MutexLock lock(append_mutex_);
  fence_ = std::max(fence_, epoch);
}

std::uint64_t PartitionLog::fence() {
  const metrics::MutexLock lock(append_mutex_);
  return fence_;
}

Result<std::size_t> PartitionLog::ApplyRetention(const Retention& retention, std::int64_t now_ms) {
  const bool has_age = retention.age_max.count() > 0;
  const std::int64_t oldest_ms =
      has_age ? now_ms - retention.age_max.count() : std::numeric_limits<std::int64_t>::min();
  const metrics::MutexLock lock(append_mutex_);
  if (closed_) return std::size_t{0};
  std::size_t removed = 0;
  Status done = RemoveBeyond(retention, oldest_ms, removed);
  // Otherwise the last records of a topic that gets no more records would never be removed. It
  // takes a new file, and there may be no room for one: so it comes last.
  if (done.ok() && has_age && IsIdleBeyond(oldest_ms)) {
    done = Roll();
    if (done.ok()) done = RemoveBeyond(retention, oldest_ms, removed);
  }
  if (!done.ok()) return done;
  return removed;
}

Status PartitionLog::RemoveBeyond(const Retention& retention, std::int64_t oldest_ms, std::size_t& removed) {
  if (Status synced = SyncRemoval(); !synced.ok()) return synced;
  while (const std::shared_ptr<Segment> segment = FindRemovable(retention, oldest_ms)) {
    MarkRemoved(*segment, Removal::kExpected);
    const Status gone = files_.RemoveFile(segment->path);
    // Another program may have removed it. The segments behind it must go too.
    if (!gone.ok() && gone.code() != StatusCode::kNotFound) {
      MarkRemoved(*segment, Removal::kUnexpected);
      return gone;
    }
    std::erase(unsynced_, segment->path);
    {
      const metrics::MutexLock state_lock(state_mutex_);
      bytes_ -= segment->size_bytes;
      segments_.erase(segments_.begin());
      // Invariant 3.
      metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return IsSound(); },
                      "the first segment goes, and never the last");
      damages_.DropBelow(segments_.front()->base_offset);
    }
    ++removed;
    removal_unsynced_ = true;
    if (Status synced = SyncRemoval(); !synced.ok()) return synced;
  }
  return Status::Ok();
}

// After each removal and before the next one, so that the loss of power leaves no gap between
// segments.
Status PartitionLog::SyncRemoval() {
  if (!writer_->health().ok()) return writer_->health();
  if (!removal_unsynced_) return Status::Ok();
  const Status synced = files_.SyncFolder(folder_);
  removal_unsynced_ = !synced.ok();
  if (synced.ok()) return synced;
  Status refused = RefuseIfFinal(synced);
  NoteHealth();
  return refused;
}

// Marked before its file goes: a reader that does not find the file has to know why.
void PartitionLog::MarkRemoved(Segment& segment, Removal removal) {
  const metrics::MutexLock lock(state_mutex_);
  segment.removal = removal;
}

bool PartitionLog::IsIdleBeyond(std::int64_t oldest_ms) const {
  const metrics::MutexLock lock(state_mutex_);
  const Segment& last = *segments_.back();
  return last.size_bytes > 0 && last.appended_ms < oldest_ms;
}

std::shared_ptr<PartitionLog::Segment> PartitionLog::FindRemovable(const Retention& retention,
                                                                   std::int64_t oldest_ms) const {
  const metrics::MutexLock lock(state_mutex_);
  if (segments_.size() == 1) return nullptr;
  const bool is_too_old = segments_.front()->appended_ms < oldest_ms;
  const bool is_too_much = retention.bytes_max > 0 && bytes_ > retention.bytes_max;
  return is_too_old || is_too_much ? segments_.front() : nullptr;
}

std::uint64_t PartitionLog::HighWatermark() const {
  const metrics::MutexLock lock(state_mutex_);
  return high_watermark_;
}

std::uint64_t PartitionLog::LogStartOffset() const {
  const metrics::MutexLock lock(state_mutex_);
  return segments_.front()->base_offset;
}

Status PartitionLog::Health() const {
  const metrics::MutexLock lock(state_mutex_);
  return health_;
}

bool PartitionLog::IsSound() const {
  const auto is_out_of_order = [](const auto& one, const auto& next) { return one->base_offset >= next->base_offset; };
  std::uint64_t bytes = 0;
  for (const auto& segment : segments_) bytes += segment->size_bytes;
  return !segments_.empty() && segments_.back()->base_offset <= high_watermark_ && bytes == bytes_ &&
         std::adjacent_find(segments_.begin(), segments_.end(), is_out_of_order) == segments_.end();
}

// Copies the writer's health for Health(), which must not wait for the disk.
void PartitionLog::NoteHealth() {
  if (writer_->health().ok()) return;
  const metrics::MutexLock lock(state_mutex_);
  health_ = writer_->health();
}

Status PartitionLog::Sync() {
  std::shared_ptr<const SegmentWriter> last;
  std::uint64_t end_offset = 0;
  {
    const metrics::MutexLock lock(append_mutex_);
    // The files of a deleted topic may be gone.
    if (closed_) return Status::Ok();
    if (options_.sync_policy == SyncPolicy::kNone || !writer_->health().ok()) return SyncAll();
    if (Status in_place = writer_->CheckInPlace(); !in_place.ok()) {
      NoteHealth();
      return in_place;
    }
    if (synced_offset_ == next_offset_) return Status::Ok();
    last = writer_;
    end_offset = next_offset_;
  }
  // Segments before the last one were synced when it began. The lock is free: a disk takes a second
  // for a full segment.
  const Status synced = last->SyncConcurrently();
  const metrics::MutexLock lock(append_mutex_);
  if (synced.ok()) {
    synced_offset_ = std::max(synced_offset_, end_offset);
    return synced;
  }
  Status refused = writer_->Refuse(synced);
  NoteHealth();
  return refused;
}

Status PartitionLog::Close() {
  Status synced;
  {
    const metrics::MutexLock lock(append_mutex_);
    if (closed_) return Status::Ok();
    closed_ = true;
    // Of ten thousand logs, most are at rest. Under kNone, the process before may have left records
    // in memory alone.
    const bool is_synced =
        next_offset_ == 0 || (options_.sync_policy != SyncPolicy::kNone && synced_offset_ == next_offset_);
    if (!is_synced || !writer_->health().ok()) synced = SyncAll();
    // A deleted topic still has readers.
    const metrics::MutexLock state_lock(state_mutex_);
    files_may_go_ = true;
  }
  waiters_.Close();
  return synced;
}

}  // namespace streamhouse::agent
