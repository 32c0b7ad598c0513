#include "agent/rpc/producer_rpc.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/log/batch_builder.h"
#include "agent/log/log_format.h"
#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {
namespace {

std::size_t DataBytes(const v1::ProduceRequest& request) {
  std::size_t bytes = 0;
  for (const v1::Record& record : request.records()) bytes += record.key().size() + record.value().size();
  return bytes;
}

BatchBuilder BatchOf(const v1::ProduceRequest& request, std::size_t data_bytes) {
  BatchBuilder batch;
  batch.SetProducer(request.producer_id(), request.sequence());
  batch.Reserve(static_cast<std::size_t>(request.records_size()), data_bytes);
  for (const v1::Record& record : request.records()) {
    batch.Add({.key = record.has_key() ? std::optional<std::string_view>(record.key()) : std::nullopt,
               .value = record.value(),
               .timestamp_ms = record.timestamp_ms()});
  }
  return batch;
}

}  // namespace

Status ProducerRpc::Append(const v1::ProduceRequest& request, v1::ProduceResponse& response) const {
  auto partition = topics_.Find(request.topic(), request.partition());
  if (!partition.ok()) return partition.status();
  const std::size_t data_bytes = DataBytes(request);
  // Records without bytes take room as well.
  const std::size_t log_bytes = data_bytes + static_cast<std::size_t>(request.records_size()) * kRecordHeaderBytes;
  if (log_bytes > request_bytes_max_) {
    return {StatusCode::kResourceExhausted, "a request of " + std::to_string(log_bytes) +
                                                " bytes is over the limit of " + std::to_string(request_bytes_max_)};
  }
  auto appended = (*partition)->Append(BatchOf(request, data_bytes));
  if (!appended.ok()) return appended.status();
  response.set_base_offset(appended->base_offset);
  response.set_record_count(static_cast<std::uint32_t>(request.records_size()));
  return Status::Ok();
}

grpc::ServerUnaryReactor* ProducerRpc::Produce(grpc::CallbackServerContext* context, const v1::ProduceRequest* request,
                                               v1::ProduceResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcProduceStatus(Append(*request, *response)));
  return reactor;
}

}  // namespace streamhouse::agent
