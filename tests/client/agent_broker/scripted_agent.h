// ScriptedAgent: a real gRPC server in this process whose services answer what a test tells them
// to. It keeps its port while it is killed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "metrics_core/status.h"
#include "proto/streamhouse.grpc.pb.h"
#include "tests/support/eventually.h"
#include "tests/support/held_port.h"

namespace streamhouse::client {

class ScriptedAgent {
 public:
  ScriptedAgent() { Listen(); }
  ~ScriptedAgent() {
    Release();
    if (server_) Kill();
  }
  ScriptedAgent(const ScriptedAgent&) = delete;
  ScriptedAgent& operator=(const ScriptedAgent&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_.number()); }

  // Every call from now on fails so; OK ends that.
  void Answer(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    answer_ = status;
  }

  // Calls wait in their handler until released, or until their caller is gone.
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void WaitForCall() {
    std::unique_lock lock(mutex_);
    metrics::Check(changed_.wait_for(lock, kPatience, [this] { return calls_ > 0; }), "no call has come");
  }

  // Ends the server without waiting for its calls: their connections break.
  void Kill() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_.reset();
  }
  // Listens again where it did before.
  void Restart() { Listen(); }

  // What the last call brought, and what the next one takes away.
  std::string traceparent;  // of its metadata
  v1::ProduceRequest produced;
  v1::FetchRequest fetch_asked;
  v1::WatermarksRequest watermarks_asked;
  v1::CommitRequest committed;
  v1::HeartbeatRequest heartbeat;
  v1::LeaveGroupRequest left;
  v1::CreateTopicRequest created;
  v1::SetRetentionRequest retention_set;
  v1::ProduceResponse produce_response;
  v1::FetchResponse fetch_response;
  v1::WatermarksResponse watermarks_response;
  v1::CommittedResponse committed_response;
  v1::HeartbeatResponse heartbeat_response;
  v1::DescribeTopicResponse describe_response;
  v1::ListTopicsResponse list_response;

 private:
  void Listen() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
    builder.RegisterService(&producer_);
    builder.RegisterService(&consumer_);
    builder.RegisterService(&topics_);
    server_ = builder.BuildAndStart();
    metrics::Check(server_ != nullptr, "the scripted agent cannot listen");
  }

  grpc::Status Handle(grpc::ServerContext* context) {
    std::unique_lock lock(mutex_);
    ++calls_;
    const auto found = context->client_metadata().find("traceparent");
    traceparent =
        found == context->client_metadata().end() ? "" : std::string(found->second.data(), found->second.size());
    changed_.notify_all();
    while (held_ && !context->IsCancelled()) changed_.wait_for(lock, std::chrono::milliseconds(10));
    return answer_;
  }

  template <typename Request, typename Response>
  grpc::Status Handle(grpc::ServerContext* context, const Request& request, Request& seen, Response* response,
                      const Response& scripted) {
    {
      const std::lock_guard lock(mutex_);
      seen = request;
      *response = scripted;
    }
    return Handle(context);
  }

  struct Producer final : v1::ProducerService::Service {
    explicit Producer(ScriptedAgent& agent) : agent(agent) {}
    grpc::Status Produce(grpc::ServerContext* context, const v1::ProduceRequest* request,
                         v1::ProduceResponse* response) override {
      return agent.Handle(context, *request, agent.produced, response, agent.produce_response);
    }
    ScriptedAgent& agent;
  };

  struct Consumer final : v1::ConsumerService::Service {
    explicit Consumer(ScriptedAgent& agent) : agent(agent) {}
    grpc::Status Fetch(grpc::ServerContext* context, const v1::FetchRequest* request,
                       v1::FetchResponse* response) override {
      return agent.Handle(context, *request, agent.fetch_asked, response, agent.fetch_response);
    }
    grpc::Status Watermarks(grpc::ServerContext* context, const v1::WatermarksRequest* request,
                            v1::WatermarksResponse* response) override {
      return agent.Handle(context, *request, agent.watermarks_asked, response, agent.watermarks_response);
    }
    grpc::Status Commit(grpc::ServerContext* context, const v1::CommitRequest* request,
                        v1::CommitResponse* response) override {
      return agent.Handle(context, *request, agent.committed, response, v1::CommitResponse());
    }
    grpc::Status Committed(grpc::ServerContext* context, const v1::CommittedRequest*,
                           v1::CommittedResponse* response) override {
      *response = agent.committed_response;
      return agent.Handle(context);
    }
    grpc::Status Heartbeat(grpc::ServerContext* context, const v1::HeartbeatRequest* request,
                           v1::HeartbeatResponse* response) override {
      return agent.Handle(context, *request, agent.heartbeat, response, agent.heartbeat_response);
    }
    grpc::Status LeaveGroup(grpc::ServerContext* context, const v1::LeaveGroupRequest* request,
                            v1::LeaveGroupResponse* response) override {
      return agent.Handle(context, *request, agent.left, response, v1::LeaveGroupResponse());
    }
    ScriptedAgent& agent;
  };

  struct Topics final : v1::TopicService::Service {
    explicit Topics(ScriptedAgent& agent) : agent(agent) {}
    grpc::Status CreateTopic(grpc::ServerContext* context, const v1::CreateTopicRequest* request,
                             v1::CreateTopicResponse* response) override {
      return agent.Handle(context, *request, agent.created, response, v1::CreateTopicResponse());
    }
    grpc::Status DescribeTopic(grpc::ServerContext* context, const v1::DescribeTopicRequest*,
                               v1::DescribeTopicResponse* response) override {
      *response = agent.describe_response;
      return agent.Handle(context);
    }
    grpc::Status ListTopics(grpc::ServerContext* context, const v1::ListTopicsRequest*,
                            v1::ListTopicsResponse* response) override {
      *response = agent.list_response;
      return agent.Handle(context);
    }
    grpc::Status SetRetention(grpc::ServerContext* context, const v1::SetRetentionRequest* request,
                              v1::SetRetentionResponse* response) override {
      return agent.Handle(context, *request, agent.retention_set, response, v1::SetRetentionResponse());
    }
    ScriptedAgent& agent;
  };

  const HeldPort port_;
  Producer producer_{*this};
  Consumer consumer_{*this};
  Topics topics_{*this};
  std::unique_ptr<grpc::Server> server_;

  std::mutex mutex_;
  std::condition_variable changed_;
  grpc::Status answer_;  // guarded by mutex_, like all below
  bool held_ = false;
  int calls_ = 0;
};

}  // namespace streamhouse::client
