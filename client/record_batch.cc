#include "client/record_batch.h"

#include <utility>

#include "client/record_headers.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

namespace {

std::size_t FramingBytes(const v1::RecordView& record) {
  return v1::kRecordHeaderBytes + (record.headers.empty() ? 0 : v1::kHeadersSizeBytes);
}

}  // namespace

void RecordBatch::Append(const RecordView& record) {
  metrics::Check(record.bytes() < v1::kFieldBytesMax, "a record of 1 GiB");
  begins_.push_back(bytes_.size());
  const v1::RecordView plain = {.key = record.key,
                                .value = record.value,
                                .timestamp_ms = record.timestamp_ms.value_or(0),
                                .headers = record.headers.laid_out()};
  v1::AppendRecord(plain, bytes_);
  framing_bytes_ += FramingBytes(plain);
}

std::optional<RecordBatch> RecordBatch::FromLaidOut(std::string bytes, std::size_t records) {
  RecordBatch batch;
  batch.bytes_ = std::move(bytes);
  // Before anything is reserved for what may be a lie.
  if (records > batch.bytes_.size() / v1::kRecordHeaderBytes) return std::nullopt;
  batch.begins_.reserve(records);
  std::string_view rest = batch.bytes_;
  while (!rest.empty()) {
    batch.begins_.push_back(batch.bytes_.size() - rest.size());
    const std::optional<v1::RecordView> record = v1::TakeRecord(rest);
    if (!record) return std::nullopt;
    batch.framing_bytes_ += FramingBytes(*record);
  }
  if (batch.size() != records) return std::nullopt;
  return batch;
}

void RecordBatch::Reserve(std::size_t records, std::size_t bytes) {
  begins_.reserve(records);
  bytes_.reserve(bytes + records * v1::kRecordHeaderBytes);
}

void RecordBatch::Clear() {
  begins_.clear();
  bytes_.clear();
  framing_bytes_ = 0;
  traceparent_.clear();
  identity_ = {};
  compression_ = Compression::kNone;
}

RecordView RecordBatch::operator[](std::size_t i) const {
  std::string_view rest = std::string_view(bytes_).substr(begins_[i]);
  const v1::RecordView record = *v1::TakeRecord(rest);
  return {.key = record.key,
          .value = record.value,
          .timestamp_ms = record.timestamp_ms,
          .headers = HeadersView(record.headers)};
}

}  // namespace streamhouse::client
