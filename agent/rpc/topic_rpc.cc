#include "agent/rpc/topic_rpc.h"

#include <chrono>
#include <cstdint>

#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {
namespace {

Retention RetentionOf(const v1::Retention& retention) {
  return {.age_max = std::chrono::milliseconds(static_cast<std::int64_t>(retention.age_ms())),
          .bytes_max = retention.bytes()};
}

}  // namespace

grpc::ServerUnaryReactor* TopicRpc::CreateTopic(grpc::CallbackServerContext* context,
                                                const v1::CreateTopicRequest* request,
                                                v1::CreateTopicResponse* /*response*/) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(topics_.Create({.name = request->topic(),
                                               .partitions = request->partitions(),
                                               .retention = RetentionOf(request->retention())})));
  return reactor;
}

grpc::ServerUnaryReactor* TopicRpc::DescribeTopic(grpc::CallbackServerContext* context,
                                                  const v1::DescribeTopicRequest* request,
                                                  v1::DescribeTopicResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  auto topic = topics_.Describe(request->topic());
  if (topic.ok()) {
    response->set_partitions(topic->partitions);
    response->mutable_retention()->set_age_ms(static_cast<std::uint64_t>(topic->retention.age_max.count()));
    response->mutable_retention()->set_bytes(topic->retention.bytes_max);
  }
  reactor->Finish(ToGrpcStatus(topic.status()));
  return reactor;
}

grpc::ServerUnaryReactor* TopicRpc::SetRetention(grpc::CallbackServerContext* context,
                                                 const v1::SetRetentionRequest* request,
                                                 v1::SetRetentionResponse* /*response*/) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(topics_.SetRetention(request->topic(), RetentionOf(request->retention()))));
  return reactor;
}

}  // namespace streamhouse::agent
