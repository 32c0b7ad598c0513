#include "agent/topics/partition.h"

#include <algorithm>
#include <string>
#include <utility>

#include "metrics_core/clock.h"

namespace streamhouse::agent {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

RefusalReason ReasonOf(const Status& refusal, const BatchBuilder& batch) {
  switch (refusal.code()) {
    case StatusCode::kInvalidArgument:
      return batch.empty() ? RefusalReason::kInvalid : RefusalReason::kTooLarge;
    case StatusCode::kFailedPrecondition:
      return RefusalReason::kNotHolder;
    case StatusCode::kAborted:
      return RefusalReason::kFenced;
    case StatusCode::kOutOfRange:
      return RefusalReason::kOutOfSequence;
    case StatusCode::kResourceExhausted:
      return RefusalReason::kFull;
    case StatusCode::kUnavailable:
      return RefusalReason::kUnavailable;
    default:
      return RefusalReason::kFailed;
  }
}

void CountBatch(const BatchBuilder& batch, const Result<AppendedBatch>& appended, TopicRecordMetrics& record_metrics) {
  const std::uint32_t records = batch.record_count();
  if (!appended.ok()) return record_metrics.Refuse(ReasonOf(appended.status(), batch), records);
  record_metrics.received.Increment(records);
  (appended->was_there ? record_metrics.duplicate : record_metrics.written).Increment(records);
}

}  // namespace

Status Partition::CheckBatch(const BatchBuilder& batch) const {
  if (batch.empty()) return {StatusCode::kInvalidArgument, "a batch needs at least one record"};
  if (batch.largest_record_bytes() <= record_bytes_max_) return Status::Ok();
  return {StatusCode::kInvalidArgument, "a record of " + std::to_string(batch.largest_record_bytes()) +
                                            " bytes is over the limit of " + std::to_string(record_bytes_max_)};
}

Result<AppendedBatch> Partition::Append(const BatchBuilder& batch, const metrics::TraceContext& trace) {
  const auto epoch = Admit(batch);
  auto appended = epoch.ok() ? Write(batch, *epoch, trace) : epoch.status();
  CountBatch(batch, appended, *metrics_.record_metrics);
  if (!appended.ok()) return appended;
  auto epoch_after = lease_->Epoch();
  if (!epoch_after.ok() || *epoch_after != *epoch) {
    return Status(StatusCode::kDeadlineExceeded, "the lease ran out while the batch was written; it may be in the log");
  }
  return appended;
}

Result<std::uint64_t> Partition::Admit(const BatchBuilder& batch) const {
  if (Status checked = CheckBatch(batch); !checked.ok()) return checked;
  if (reserve_ != nullptr) {
    if (Status room = reserve_->Health(); !room.ok()) return room;
  }
  auto epoch = lease_->Epoch();
  if (!epoch.ok()) return epoch;
  if (Status stored = StoreOpening(); !stored.ok()) return stored;
  return epoch;
}

Status Partition::StoreOpening() const {
  // Acquire: the opening was stored before the flag was set, and the batch is written after this.
  if (is_opening_stored_.load(std::memory_order_acquire)) return Status::Ok();
  if (Status stored = store_opening_(); !stored.ok()) return stored;
  // Release: a thread that sees the flag writes its batch after the opening was stored.
  is_opening_stored_.store(true, std::memory_order_release);
  return Status::Ok();
}

Result<AppendedBatch> Partition::Write(const BatchBuilder& batch, std::uint64_t epoch,
                                       const metrics::TraceContext& trace) {
  const std::uint64_t begun = metrics::Clock::NowNanoseconds();
  auto appended = log_->Append(batch, epoch);
  metrics_.write_latency.Observe(metrics::Clock::NowNanoseconds() - begun, trace);
  if (!appended.ok()) {
    AnnounceIfItFailed();
    if (appended.status().code() == StatusCode::kResourceExhausted && reserve_ != nullptr) reserve_->NoteFull();
  }
  return appended;
}

Result<std::uint32_t> Partition::Read(std::uint64_t offset, ReadLimits limits,
                                      const std::function<void(const RecordView&)>& visit) const {
  if (Status may_read = lease_->MayRead(); !may_read.ok()) return may_read;
  auto read = log_->Read(offset, limits, visit);
  AnnounceDamage();
  if (!read.ok()) return Named(read.status());
  return read;
}

// The log knows files, not topics.
Status Partition::Named(const Status& failure) const {
  if (failure.code() != StatusCode::kOutOfRange && failure.code() != StatusCode::kDataLoss) return failure;
  return failure.WithMessage(lease_->name() + ": " + failure.message());
}

// The first reader that asks the log announces it.
void Partition::AnnounceDamage() const {
  for (const Damage& damage : log_->TakeNewDamages()) damage_found_(damage);
}

Result<Watermarks> Partition::FindWatermarks() const {
  if (Status may_read = lease_->MayRead(); !may_read.ok()) return may_read;
  return Watermarks{.log_start_offset = log_->LogStartOffset(), .high_watermark = log_->HighWatermark()};
}

Result<std::optional<std::int64_t>> Partition::FindTimestamp(std::uint64_t offset) const {
  if (offset >= log_->HighWatermark()) return std::optional<std::int64_t>();
  if (Status may_read = lease_->MayRead(); !may_read.ok()) return may_read;
  // Retention may have moved the start past the offset, also during this call. Then the look-up is
  // retried.
  const std::uint64_t start = log_->LogStartOffset();
  offset = std::max(offset, start);
  auto timestamp_ms = log_->FindTimestamp(offset);
  AnnounceDamage();
  if (timestamp_ms.status().code() == StatusCode::kDataLoss) {
    if (const auto lost = log_->FindDamage(offset)) return FindTimestamp(lost->next);
  }
  if (!timestamp_ms.ok() && log_->LogStartOffset() > start) return FindTimestamp(offset);
  return timestamp_ms.ok() ? std::move(timestamp_ms) : Named(timestamp_ms.status());
}

Result<std::optional<RecordMeasure>> Partition::Measure(std::uint64_t offset) const {
  for (;;) {
    auto measure = log_->Measure(offset);
    AnnounceDamage();
    if (measure.status().code() != StatusCode::kDataLoss) return measure;
    const auto lost = log_->FindDamage(offset);
    if (!lost) return Named(measure.status());
    offset = lost->next;
  }
}

Result<std::uint64_t> Partition::CountMessages() {
  auto counted = log_->CountMessages();
  AnnounceDamage();
  return counted;
}

Result<std::size_t> Partition::ApplyRetention(const Retention& retention, std::int64_t now_ms) {
  const std::uint64_t start = log_->LogStartOffset();
  auto removed = log_->ApplyRetention(retention, now_ms);
  metrics_.record_metrics->removed_by_retention.Increment(log_->LogStartOffset() - start);
  if (!removed.ok()) AnnounceIfItFailed();
  return removed;
}

Status Partition::Sync() {
  Status synced = log_->Sync();
  if (!synced.ok()) AnnounceIfItFailed();
  return synced;
}

Status Partition::Close() {
  Status closed = log_->Close();
  if (!closed.ok()) AnnounceIfItFailed();
  return closed;
}

void Partition::AnnounceIfItFailed() {
  const Status health = log_->Health();
  if (!health.ok()) std::call_once(announced_, log_failed_, health);
}

void Partition::LoseLease(std::uint64_t fence) {
  log_->RaiseFence(fence);
  log_->waiters().WakeAll();
}

}  // namespace streamhouse::agent
