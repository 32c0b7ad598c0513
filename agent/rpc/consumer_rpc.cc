#include "agent/rpc/consumer_rpc.h"

#include <algorithm>
#include <memory>

#include "agent/rpc/fetch_call.h"
#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {
namespace {

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

Status FindWatermarks(const Partition& partition, const v1::WatermarksRequest& request,
                      v1::WatermarksResponse& response) {
  auto watermarks = partition.FindWatermarks();
  if (!watermarks.ok()) return watermarks.status();
  response.set_log_start_offset(watermarks->log_start_offset);
  response.set_high_watermark(watermarks->high_watermark);
  if (!request.has_offset()) return Status::Ok();
  auto timestamp_ms = partition.FindTimestamp(request.offset());
  if (!timestamp_ms.ok()) return timestamp_ms.status();
  if (timestamp_ms->has_value()) response.set_timestamp_ms(**timestamp_ms);
  return Status::Ok();
}

}  // namespace

grpc::ServerUnaryReactor* ConsumerRpc::Fetch(grpc::CallbackServerContext* context, const v1::FetchRequest* request,
                                             v1::FetchResponse* response) {
  auto partition = topics_.Find(request->topic(), request->partition());
  if (!partition.ok()) return Answer(context, partition.status());
  ReadLimits limits = limits_.read;
  if (request->max_records() != 0) limits.records = std::min(limits.records, request->max_records());
  const auto wait = std::min(limits_.wait, std::chrono::milliseconds(request->max_wait_ms()));
  return FetchCall::Start(*std::move(partition), *request, limits, wait, *response);
}

grpc::ServerUnaryReactor* ConsumerRpc::Watermarks(grpc::CallbackServerContext* context,
                                                  const v1::WatermarksRequest* request,
                                                  v1::WatermarksResponse* response) {
  auto partition = topics_.Find(request->topic(), request->partition());
  if (!partition.ok()) return Answer(context, partition.status());
  return Answer(context, FindWatermarks(**partition, *request, *response));
}

grpc::ServerUnaryReactor* ConsumerRpc::Commit(grpc::CallbackServerContext* context, const v1::CommitRequest* request,
                                              v1::CommitResponse* /*response*/) {
  const TopicPartition partition = {.topic = request->topic(), .partition = request->partition()};
  return Answer(context, offsets_.Commit(request->group(), partition, request->offset()));
}

grpc::ServerUnaryReactor* ConsumerRpc::Committed(grpc::CallbackServerContext* context,
                                                 const v1::CommittedRequest* request, v1::CommittedResponse* response) {
  auto offset = offsets_.Find(request->group(), {.topic = request->topic(), .partition = request->partition()});
  if (offset.ok() && offset->has_value()) response->set_offset(**offset);
  return Answer(context, offset.status());
}

}  // namespace streamhouse::agent
