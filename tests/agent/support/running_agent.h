// RunningAgent: a real agent on a port that the kernel has picked and it keeps, or on the Unix
// socket of its configuration, with a client for it.
//
// When to use something else: CatalogFixture where no network is needed.
// Thread safety: calls from any thread; start and stop from one.
// Errors: an agent that does not start ends the test program with the reason.
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "agent/agent_metrics.h"
#include "agent/log/file_system.h"
#include "metrics_core/health.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "proto/streamhouse.grpc.pb.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/held_port.h"

namespace streamhouse::agent {

class RunningAgent {
 public:
  // On loopback, with one topic "orders" of two partitions, and leases that are renewed often.
  static AgentConfig DefaultConfig(const std::string& folder) {
    AgentConfig config = {.data_folder = folder};
    config.grpc_port = 0;
    config.topics = {{.name = "orders", .partitions = 2}};
    config.lease.retry_interval = std::chrono::milliseconds(20);
    return config;
  }

  RunningAgent() : RunningAgent(DefaultConfig({})) {}
  // Uses a folder of its own in place of data_folder. `files` must outlive it.
  explicit RunningAgent(AgentConfig config, FileSystem& files = PosixFileSystem())
      : files_(files), config_(std::move(config)) {
    config_.data_folder = folder_.path();
    config_.grpc_port = port_.number();
    Start();
  }
  ~RunningAgent() { Stop(); }

  void Start() {
    agent_ = *Agent::Make(config_, {.metrics = metrics_, .health = &health_, .files = &files_});
    const Status started = agent_->Start();
    metrics::Check(started.ok(), started.message());
    Connect();
  }
  void Stop() { static_cast<void>(agent_->Stop()); }
  // It creates none the next time that it starts.
  void ForgetTopics() { config_.topics.clear(); }
  // On the same port, so that clients find it again. `meanwhile` runs while it is stopped.
  void Restart(const std::function<void()>& meanwhile = [] {}) {
    Stop();
    meanwhile();
    Start();
  }

  Agent& agent() { return *agent_; }
  const std::string& folder() const { return folder_.path(); }
  metrics::Health& health() { return health_; }
  metrics::Registry& registry() { return registry_; }
  // Of "streamhouse_agent_" + name: what a counter or gauge shows, or how often a histogram has
  // observed; 0 when there is no such series.
  double Value(const std::string& name, metrics::testing::LabelPairs labels = {}) {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_agent_" + name, labels).value_or(0);
  }
  // Sum over the series of a counter whose label text contains `label`, for example method="Fetch".
  std::uint64_t Sum(const std::string& name, const std::string& label = {}) {
    const metrics::Snapshot snapshot = registry_.TakeSnapshot();
    std::uint64_t sum = 0;
    for (const metrics::FamilySnapshot& family : snapshot.families()) {
      if (family.info().name != "streamhouse_agent_" + name) continue;
      for (std::size_t i = 0; i < family.size(); ++i) {
        if (family.label_text(i).find(label) != std::string_view::npos)
          sum += family.As<metrics::CounterValues<std::uint64_t>>()[i];
      }
    }
    return sum;
  }
  std::uint64_t Observations(const std::string& name, metrics::testing::LabelPairs labels = {}) {
    const metrics::testing::MetricReader reader(registry_);
    const auto histogram = reader.Histogram("streamhouse_agent_" + name, labels);
    return histogram ? histogram->count : 0;
  }
  std::string address() const {
    if (config_.grpc_unix_socket) return config_.grpc_unix_socket->ToString();
    return "127.0.0.1:" + std::to_string(agent_->grpc_port());
  }

  v1::ProducerService::Stub& producer() { return *producer_; }
  v1::ConsumerService::Stub& consumer() { return *consumer_; }
  v1::TopicService::Stub& topics() { return *topics_; }
  v1::GroupService::Stub& groups() { return *groups_; }

  grpc::Status Produce(const v1::ProduceRequest& request, v1::ProduceResponse* response) {
    grpc::ClientContext context;
    return producer_->Produce(&context, request, response);
  }
  grpc::Status Fetch(const v1::FetchRequest& request, v1::FetchResponse* response) {
    grpc::ClientContext context;
    return consumer_->Fetch(&context, request, response);
  }

  // Of "orders": keeps the last segment of each partition.
  grpc::Status RemoveOldSegments() {
    grpc::ClientContext context;
    v1::SetRetentionRequest request;
    request.set_topic("orders");
    request.mutable_retention()->set_bytes(1);
    v1::SetRetentionResponse response;
    return topics_->SetRetention(&context, request, &response);
  }

  static v1::ProduceRequest Batch(const std::string& topic, std::uint32_t partition,
                                  const std::vector<std::string>& values) {
    v1::ProduceRequest request;
    request.set_topic(topic);
    request.set_partition(partition);
    for (const std::string& value : values) {
      v1::Record& record = *request.add_records();
      record.set_value(value);
      record.set_timestamp_ms(1700000000000);
    }
    return request;
  }
  static v1::FetchRequest FetchFrom(std::uint64_t offset, std::uint32_t max_wait_ms) {
    v1::FetchRequest request;
    request.set_topic("orders");
    request.set_offset(offset);
    request.set_max_wait_ms(max_wait_ms);
    return request;
  }
  // To partition 0 of "orders"; returns the code.
  grpc::StatusCode Produce(const std::vector<std::string>& values) {
    v1::ProduceResponse response;
    return Produce(Batch("orders", 0, values), &response).error_code();
  }

 private:
  void Connect() {
    grpc::ChannelArguments arguments;
    // Not the connection that an earlier test, or an earlier run of this agent, has left behind.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel = grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments);
    producer_ = v1::ProducerService::NewStub(channel);
    consumer_ = v1::ConsumerService::NewStub(channel);
    topics_ = v1::TopicService::NewStub(channel);
    groups_ = v1::GroupService::NewStub(channel);
  }

  FileSystem& files_;
  TemporaryFolder folder_;
  const HeldPort port_;
  AgentConfig config_;
  metrics::Registry registry_;
  AgentMetrics metrics_ = *AgentMetrics::Register(registry_);
  metrics::Health health_;
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<v1::ProducerService::Stub> producer_;
  std::unique_ptr<v1::ConsumerService::Stub> consumer_;
  std::unique_ptr<v1::TopicService::Stub> topics_;
  std::unique_ptr<v1::GroupService::Stub> groups_;
};

}  // namespace streamhouse::agent
