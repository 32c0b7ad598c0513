// TopicRpc: TopicService on the wire. Translates; TopicCatalog decides.
//
// When to use something else: TopicCatalog, inside of the agent.
// Guarantees:
// 1. Each call is answered once, with the code of the Status that decided it.
// 2. `changed` is called before the response that a topic was added, grew or was deleted.
// Thread safety: gRPC calls it from any thread.
// Cost: creating a topic waits for the disk, on gRPC's thread.
#pragma once

#include <functional>
#include <utility>

#include "agent/topics/topic_catalog.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::agent {

class TopicRpc final : public v1::TopicService::CallbackService {
 public:
  // `topics` must outlive the server. `changed` is called when topics were made or deleted, or have
  // more partitions.
  TopicRpc(TopicCatalog& topics, std::function<void()> changed) : topics_(topics), changed_(std::move(changed)) {}

  grpc::ServerUnaryReactor* CreateTopic(grpc::CallbackServerContext* context, const v1::CreateTopicRequest* request,
                                        v1::CreateTopicResponse* response) override;
  grpc::ServerUnaryReactor* DescribeTopic(grpc::CallbackServerContext* context, const v1::DescribeTopicRequest* request,
                                          v1::DescribeTopicResponse* response) override;
  grpc::ServerUnaryReactor* ListTopics(grpc::CallbackServerContext* context, const v1::ListTopicsRequest* request,
                                       v1::ListTopicsResponse* response) override;
  grpc::ServerUnaryReactor* AddPartitions(grpc::CallbackServerContext* context, const v1::AddPartitionsRequest* request,
                                          v1::AddPartitionsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteTopic(grpc::CallbackServerContext* context, const v1::DeleteTopicRequest* request,
                                        v1::DeleteTopicResponse* response) override;
  grpc::ServerUnaryReactor* SetRetention(grpc::CallbackServerContext* context, const v1::SetRetentionRequest* request,
                                         v1::SetRetentionResponse* response) override;

 private:
  TopicCatalog& topics_;
  const std::function<void()> changed_;
};

}  // namespace streamhouse::agent
