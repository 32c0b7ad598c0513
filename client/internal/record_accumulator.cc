#include "client/internal/record_accumulator.h"

#include <algorithm>
#include <string_view>

#include "metrics_core/dcheck.h"
#include "metrics_core/traceparent.h"

namespace streamhouse::client {

RecordAccumulator::Appended RecordAccumulator::Append(Partition& partition, const RecordView& record,
                                                      DeliveryCallback waiter, Nanoseconds entered, Nanoseconds now) {
  const std::size_t bytes = ChargedBytes(record);
  const std::size_t ready_before = ready_.size();
  if (partition.open_ && partition.open_->charged_bytes + bytes > limits_.batch_bytes) Seal(partition);
  const bool opens = !partition.open_;
  if (opens) Open(partition, now);
  ProducerBatch& batch = *partition.open_;
  if (waiter) {
    batch.waiters.push_back(
        {.record = static_cast<std::uint32_t>(batch.records.size()), .callback = std::move(waiter)});
  }
  if (!record.headers.empty()) NoteTrace(record, batch);
  batch.records.Append(record);
  batch.entered_at.push_back(entered);
  batch.charged_bytes += bytes;
  buffered_bytes_ += bytes;
  if (batch.records.size() >= limits_.batch_records) Seal(partition);
  if (ready_.size() > ready_before) return Appended::kMadeReady;
  return opens ? Appended::kOpenedABatch : Appended::kToOpenBatch;
}

std::optional<RecordAccumulator::Outgoing> RecordAccumulator::TakeReady(Nanoseconds now) {
  while (!lingering_.empty() && lingering_.front()->linger_ends_ <= now) Seal(*lingering_.front());
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    ready_.push_back(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
  }
  if (ready_.empty()) return std::nullopt;
  Partition& partition = *ready_.front();
  ready_.pop_front();
  // Invariant 6.
  metrics::DCheck([&] { return partition.scheduled_ && !partition.sealed_.empty(); },
                  "a ready partition has a batch to send");
  Outgoing outgoing = {.partition = &partition, .batch = std::move(partition.sealed_.front())};
  partition.sealed_.pop_front();
  return outgoing;
}

std::optional<Nanoseconds> RecordAccumulator::NextDeadline() const {
  std::optional<Nanoseconds> next;
  if (!lingering_.empty()) next = lingering_.front()->linger_ends_;
  if (!delayed_.empty()) next = std::min(next.value_or(kEndOfTime), delayed_.begin()->first);
  return next;
}

void RecordAccumulator::Retry(Outgoing outgoing, Nanoseconds not_before) {
  outgoing.partition->sealed_.push_front(std::move(outgoing.batch));
  delayed_.emplace(not_before, outgoing.partition);
}

void RecordAccumulator::Complete(Outgoing outgoing) {
  // Invariant 2.
  metrics::DCheck([&] { return outgoing.partition->scheduled_; }, "only a batch that is out is completed");
  // Invariant 6.
  metrics::DCheck([&] { return buffered_bytes_ >= outgoing.batch->charged_bytes; }, "a batch is charged once");
  buffered_bytes_ -= outgoing.batch->charged_bytes;
  undone_.erase(outgoing.batch->id);
  outgoing.batch->waiters.clear();
  if (spares_.size() < kSpareBatches) spares_.push_back(std::move(outgoing.batch));
  outgoing.partition->scheduled_ = false;
  Schedule(*outgoing.partition);
}

void RecordAccumulator::SealAll() {
  while (!lingering_.empty()) Seal(*lingering_.front());
}

void RecordAccumulator::SealIdle() {
  if (HasReady()) return;
  for (auto at = lingering_.begin(); at != lingering_.end();) {
    Partition& partition = **at++;
    if (!partition.scheduled_) Seal(partition);
  }
}

void RecordAccumulator::NoteTrace(const RecordView& record, ProducerBatch& batch) {
  const std::optional<std::string_view> traceparent = record.headers.Find(metrics::kTraceparentHeader);
  if (!traceparent) return;
  const auto parsed = metrics::ParseTraceparent(*traceparent);
  if (!parsed || !parsed->is_sampled) return;
  if (batch.traces.empty()) batch.records.SetTraceparent(metrics::FormatSampledTraceparent(parsed->trace));
  batch.traces.push_back({.record = static_cast<std::uint32_t>(batch.records.size()), .trace = parsed->trace});
}

void RecordAccumulator::Open(Partition& partition, Nanoseconds now) {
  if (spares_.empty()) {
    partition.open_ = std::make_unique<ProducerBatch>();
  } else {
    partition.open_ = std::move(spares_.back());
    spares_.pop_back();
    ProducerBatch& batch = *partition.open_;
    batch.records.Clear();
    batch.entered_at.clear();
    batch.traces.clear();
    batch.charged_bytes = 0;
    batch.failures = 0;
    batch.is_in_doubt = false;
    batch.first_sent_at = 0;
  }
  partition.open_->id = batches_opened_++;
  undone_.insert(undone_.end(), partition.open_->id);
  partition.linger_ends_ = now + limits_.linger;
  partition.lingering_ = lingering_.insert(lingering_.end(), &partition);
}

void RecordAccumulator::Seal(Partition& partition) {
  lingering_.erase(partition.lingering_);
  RecordBatch& records = partition.open_->records;
  records.SetIdentity({.producer_id = producer_id_, .sequence = partition.next_sequence_});
  records.SetCompression(limits_.compression);
  partition.next_sequence_ += records.size();
  partition.sealed_.push_back(std::move(partition.open_));
  Schedule(partition);
}

void RecordAccumulator::Schedule(Partition& partition) {
  if (partition.scheduled_ || partition.sealed_.empty()) return;
  partition.scheduled_ = true;
  ready_.push_back(&partition);
}

}  // namespace streamhouse::client
