#include "agent/rpc/producer_rpc.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/log/batch_builder.h"
#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {
namespace {

BatchBuilder BatchOf(const v1::ProduceRequest& request) {
  std::size_t data_bytes = 0;
  for (const v1::Record& record : request.records()) data_bytes += record.key().size() + record.value().size();
  BatchBuilder batch;
  batch.Reserve(static_cast<std::size_t>(request.records_size()), data_bytes);
  for (const v1::Record& record : request.records()) {
    batch.Add({.key = record.has_key() ? std::optional<std::string_view>(record.key()) : std::nullopt,
               .value = record.value(),
               .timestamp_ms = record.timestamp_ms()});
  }
  return batch;
}

Status Produce(const TopicCatalog& topics, const v1::ProduceRequest& request, v1::ProduceResponse& response) {
  auto partition = topics.Find(request.topic(), request.partition());
  if (!partition.ok()) return partition.status();
  auto base_offset = (*partition)->Append(BatchOf(request));
  if (!base_offset.ok()) return base_offset.status();
  response.set_base_offset(*base_offset);
  response.set_record_count(static_cast<std::uint32_t>(request.records_size()));
  return Status::Ok();
}

}  // namespace

grpc::ServerUnaryReactor* ProducerRpc::Produce(grpc::CallbackServerContext* context, const v1::ProduceRequest* request,
                                               v1::ProduceResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(agent::Produce(topics_, *request, *response)));
  return reactor;
}

}  // namespace streamhouse::agent
