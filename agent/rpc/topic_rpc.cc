#include "agent/rpc/topic_rpc.h"

#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {

grpc::ServerUnaryReactor* TopicRpc::CreateTopic(grpc::CallbackServerContext* context,
                                                const v1::CreateTopicRequest* request,
                                                v1::CreateTopicResponse* /*response*/) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(topics_.Create(request->topic(), request->partitions())));
  return reactor;
}

grpc::ServerUnaryReactor* TopicRpc::DescribeTopic(grpc::CallbackServerContext* context,
                                                  const v1::DescribeTopicRequest* request,
                                                  v1::DescribeTopicResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  auto partitions = topics_.PartitionCount(request->topic());
  if (partitions.ok()) response->set_partitions(*partitions);
  reactor->Finish(ToGrpcStatus(partitions.status()));
  return reactor;
}

}  // namespace streamhouse::agent
