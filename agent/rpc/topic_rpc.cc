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

void SetTo(const Retention& retention, v1::Retention& message) {
  message.set_age_ms(static_cast<std::uint64_t>(retention.age_max.count()));
  message.set_bytes(retention.bytes_max);
}

}  // namespace

grpc::ServerUnaryReactor* TopicRpc::CreateTopic(grpc::CallbackServerContext* context,
                                                const v1::CreateTopicRequest* request,
                                                v1::CreateTopicResponse* /*response*/) {
  const Status created = topics_.Create(
      {.name = request->topic(), .partitions = request->partitions(), .retention = RetentionOf(request->retention())},
      request->adopt() ? StrayLogPolicy::kAdopt : StrayLogPolicy::kRefuse);
  // Also where a partition of it cannot be served.
  changed_();
  return Answer(context, created);
}

grpc::ServerUnaryReactor* TopicRpc::DescribeTopic(grpc::CallbackServerContext* context,
                                                  const v1::DescribeTopicRequest* request,
                                                  v1::DescribeTopicResponse* response) {
  auto topic = topics_.Describe(request->topic());
  if (topic.ok()) {
    response->set_partitions(topic->partitions);
    response->set_topic_id(topic->id);
    SetTo(topic->retention, *response->mutable_retention());
  }
  return Answer(context, topic.status());
}

grpc::ServerUnaryReactor* TopicRpc::ListTopics(grpc::CallbackServerContext* context,
                                               const v1::ListTopicsRequest* /*request*/,
                                               v1::ListTopicsResponse* response) {
  for (const ListedTopic& listed : topics_.List()) {
    v1::ListTopicsResponse::Topic& added = *response->add_topics();
    added.set_topic(listed.topic.name);
    added.set_partitions(listed.topic.partitions);
    added.set_topic_id(listed.topic.id);
    SetTo(listed.topic.retention, *added.mutable_retention());
    added.set_not_served(listed.served.message());
  }
  return Answer(context, Status::Ok());
}

grpc::ServerUnaryReactor* TopicRpc::AddPartitions(grpc::CallbackServerContext* context,
                                                  const v1::AddPartitionsRequest* request,
                                                  v1::AddPartitionsResponse* /*response*/) {
  const Status added = topics_.AddPartitions(request->topic(), request->partitions());
  if (added.ok()) changed_();
  return Answer(context, added);
}

grpc::ServerUnaryReactor* TopicRpc::DeleteTopic(grpc::CallbackServerContext* context,
                                                const v1::DeleteTopicRequest* request,
                                                v1::DeleteTopicResponse* response) {
  auto deleted = topics_.Delete(request->topic());
  if (deleted.ok()) {
    response->set_partitions(deleted->partitions);
    response->set_records(deleted->records);
    changed_();
  }
  return Answer(context, deleted.status());
}

grpc::ServerUnaryReactor* TopicRpc::SetRetention(grpc::CallbackServerContext* context,
                                                 const v1::SetRetentionRequest* request,
                                                 v1::SetRetentionResponse* /*response*/) {
  return Answer(context, topics_.SetRetention(request->topic(), RetentionOf(request->retention())));
}

}  // namespace streamhouse::agent
