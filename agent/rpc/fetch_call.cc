#include "agent/rpc/fetch_call.h"

#include <optional>
#include <string>
#include <string_view>

#include "agent/log/log_format.h"
#include "agent/rpc/status_translation.h"
#include "metrics_core/dcheck.h"
#include "proto/record_block.h"
#include "proto/record_headers.h"

namespace streamhouse::agent {

FetchCall* FetchCall::Start(std::shared_ptr<Partition> partition, const v1::FetchRequest& request, ReadLimits limits,
                            std::chrono::milliseconds wait, v1::FetchResponse& response) {
  auto* const call = new FetchCall(std::move(partition), request, limits, response);
  const metrics::Status read = call->Read();
  if (read.ok() && !call->found_ && wait.count() > 0) {
    call->Wait(wait);
  } else {
    call->Answer(read);
  }
  return call;
}

metrics::Status FetchCall::Read() {
  const bool in_a_block = request_.block_compression() != v1::COMPRESSION_UNSPECIFIED;
  std::string block;
  const auto add = [this, in_a_block, &block](const RecordView& record) {
    if (in_a_block) return AppendRecord(record, block);
    v1::Record& added = *response_.add_records();
    if (record.key) added.set_key(record.key->data(), record.key->size());
    added.set_value(record.value.data(), record.value.size());
    added.set_timestamp_ms(record.timestamp_ms);
    for (std::string_view rest = record.headers; const auto header = v1::TakeHeader(rest);) {
      v1::Header& added_header = *added.add_headers();
      added_header.set_name(header->name.data(), header->name.size());
      added_header.set_value(header->value.data(), header->value.size());
    }
  };
  auto records = partition_->Read(request_.offset(), limits_, add);
  if (!records.ok()) return records.status();
  found_ = *records > 0;
  if (found_ && in_a_block) {
    v1::PackBlock(block, *records, request_.block_compression(), *response_.mutable_block());
  }
  response_.set_base_offset(request_.offset());
  const LogOpenings& openings = partition_->openings();
  response_.set_topic_id(partition_->topic_id());
  response_.set_open_id(openings.current().id);
  response_.set_end_at_open(openings.LowestEndSince(request_.open_id()));
  // Read after the records, so that it is never behind them.
  response_.set_high_watermark(partition_->HighWatermark());
  // Invariant 2.
  metrics::DCheck([&] { return request_.offset() + *records <= response_.high_watermark(); },
                  "records end at the high watermark, or before");
  return metrics::Status::Ok();
}

void FetchCall::Wait(std::chrono::milliseconds wait) {
  // Once the alarm is set and the lock is free, the call may end on another thread. After that,
  // only local variables are safe.
  const std::shared_ptr<Wake> wake = wake_;
  bool is_due = false;
  {
    const metrics::MutexLock lock(wake->mutex);
    // Invariant 1.
    metrics::DCheck([&]() STREAMHOUSE_UNCHECKED { return !wake->waiter.has_value(); }, "a call waits once");
    wake->alarm.Set(std::chrono::system_clock::now() + wait, [this](bool /*expired*/) { OnAlarm(); });
    wake->waiter = partition_->waiters().Add(request_.offset(), [wake] { wake->alarm.Cancel(); });
    is_due = wake->cancelled || !wake->waiter.has_value();
  }
  if (is_due) wake->alarm.Cancel();
}

// Every way to wake the call cancels the alarm or lets it expire, so that this runs exactly once.
void FetchCall::OnAlarm() {
  bool is_cancelled = false;
  {
    const metrics::MutexLock lock(wake_->mutex);
    if (wake_->waiter) partition_->waiters().Remove(*wake_->waiter);
    is_cancelled = wake_->cancelled;
  }
  // No client receives this; it is what RequestCounter counts.
  if (is_cancelled) return Finish({grpc::StatusCode::CANCELLED, "the caller has gone away"});
  metrics::Status read = Read();
  if (read.ok() && !found_ && partition_->waiters().closed()) {
    read = metrics::Status(metrics::StatusCode::kUnavailable, "the agent is stopping, or the topic was deleted");
  }
  Answer(read);
}

void FetchCall::Answer(const metrics::Status& read) {
  const auto lost =
      read.code() == metrics::StatusCode::kDataLoss ? partition_->FindDamage(request_.offset()) : std::nullopt;
  Finish(lost ? ToGrpcDataLoss(read, *lost) : ToGrpcStatus(read));
}

void FetchCall::OnCancel() {
  {
    const metrics::MutexLock lock(wake_->mutex);
    wake_->cancelled = true;
  }
  wake_->alarm.Cancel();
}

}  // namespace streamhouse::agent
