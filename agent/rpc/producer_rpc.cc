#include "agent/rpc/producer_rpc.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/log/batch_builder.h"
#include "agent/log/log_format.h"
#include "agent/rpc/request_trace.h"
#include "agent/rpc/status_translation.h"
#include "agent/topics/record_metrics.h"
#include "proto/record_block.h"
#include "proto/record_headers.h"

namespace streamhouse::agent {
namespace {

Status OverLimit(std::size_t bytes, std::size_t bytes_max) {
  return {StatusCode::kResourceExhausted,
          "a request of " + std::to_string(bytes) + " bytes is over the limit of " + std::to_string(bytes_max)};
}

Status BadBlock(std::string_view why) {
  return {StatusCode::kInvalidArgument, "the block of records " + std::string(why)};
}

Status AddRecords(const v1::ProduceRequest& request, std::size_t bytes_max, BatchBuilder& batch) {
  std::size_t data_bytes = 0;
  for (const v1::Record& record : request.records()) {
    data_bytes += record.key().size() + record.value().size();
    for (const v1::Header& header : record.headers()) {
      data_bytes += v1::kHeaderSizesBytes + header.name().size() + header.value().size();
    }
  }
  const auto record_count = static_cast<std::size_t>(request.records_size());
  // Records without bytes take room as well.
  const std::size_t log_bytes = data_bytes + record_count * kRecordHeaderBytes;
  if (log_bytes > bytes_max) return OverLimit(log_bytes, bytes_max);
  batch.Reserve(record_count, data_bytes);
  std::string headers;
  for (const v1::Record& record : request.records()) {
    headers.clear();
    for (const v1::Header& header : record.headers()) {
      v1::AppendHeader({.name = header.name(), .value = header.value()}, headers);
    }
    batch.Add({.key = record.has_key() ? std::optional<std::string_view>(record.key()) : std::nullopt,
               .value = record.value(),
               .timestamp_ms = record.timestamp_ms(),
               .headers = headers});
  }
  return Status::Ok();
}

// `buffer` outlives the batch.
Status BorrowBlock(const v1::RecordBlock& block, std::size_t bytes_max, std::string& buffer, BatchBuilder& batch) {
  const v1::UnpackedBlock unpacked = v1::UnpackBlock(block, bytes_max, buffer);
  if (unpacked.defect == v1::BlockDefect::kOverLimit) return OverLimit(block.records_bytes(), bytes_max);
  if (unpacked.defect != v1::BlockDefect::kNone) return BadBlock(v1::DescribeDefect(unpacked.defect));
  if (batch.Borrow(unpacked.records, block.record_count())) return Status::Ok();
  return BadBlock("does not hold " + std::to_string(block.record_count()) + " whole records");
}

Status Unpack(const v1::ProduceRequest& request, std::size_t bytes_max, std::string& buffer, BatchBuilder& batch) {
  if (!request.has_block()) return AddRecords(request, bytes_max, batch);
  if (!request.records().empty()) return BadBlock("comes with other records");
  return BorrowBlock(request.block(), bytes_max, buffer, batch);
}

// Number of records that a request claims; the bound is the number that its bytes can hold.
std::uint64_t ClaimedRecords(const v1::ProduceRequest& request, std::size_t bytes_max) {
  if (!request.has_block()) return static_cast<std::uint64_t>(request.records_size());
  const std::size_t bytes = std::min<std::size_t>(request.block().records_bytes(), bytes_max);
  return std::min<std::uint64_t>(request.block().record_count(), bytes / kRecordHeaderBytes);
}

}  // namespace

grpc::Status ProducerRpc::Append(const v1::ProduceRequest& request, const metrics::TraceContext& trace,
                                 v1::ProduceResponse& response) const {
  auto partition = topics_.Find(request.topic(), request.partition());
  if (!partition.ok()) {
    topics_.NoteRefused(request.topic(), request.partition(), ClaimedRecords(request, request_bytes_max_));
    return ToGrpcProduceStatus(partition.status());
  }
  std::string buffer;
  BatchBuilder batch;
  batch.SetProducer(request.producer_id(), request.sequence());
  if (const Status taken = Unpack(request, request_bytes_max_, buffer, batch); !taken.ok()) {
    const bool is_too_large = taken.code() == StatusCode::kResourceExhausted;
    const RefusalReason reason = is_too_large ? RefusalReason::kTooLarge : RefusalReason::kInvalid;
    (*partition)->record_metrics().Refuse(reason, ClaimedRecords(request, request_bytes_max_));
    return ToGrpcStatus(taken);
  }
  auto appended = (*partition)->Append(batch, trace);
  if (!appended.ok()) return ToGrpcProduceStatus(appended.status());
  response.set_base_offset(appended->base_offset);
  response.set_record_count(batch.record_count());
  return grpc::Status::OK;
}

grpc::ServerUnaryReactor* ProducerRpc::Produce(grpc::CallbackServerContext* context, const v1::ProduceRequest* request,
                                               v1::ProduceResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const metrics::TraceContext trace = TraceOf(context->client_metadata());
  reactor->Finish(Append(*request, trace, *response));
  return reactor;
}

}  // namespace streamhouse::agent
