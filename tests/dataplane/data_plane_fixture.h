// DataPlaneFixture: a real agent, a client for it, and the metrics of both, for tests of what only
// the whole shows.
//
// When to use something else: RunningAgent and InMemoryBroker, for either half.
// Thread safety: as gtest.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "client/agent_broker/agent_broker.h"
#include "client/consumer.h"
#include "client/producer.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/agent/support/running_agent.h"
#include "tests/support/eventually.h"

namespace streamhouse {

class DataPlaneFixture : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kPatience{30};
  static constexpr std::uint32_t kPartitions = 2;  // of "orders"

  client::Producer::Builder ProducerBuilder() const {
    return client::Producer::Builder().broker(broker_).metrics(producer_metrics_);
  }
  // Of a member of the group that reads "orders".
  static client::ConsumerOptions MemberOptions() {
    return {.topics = {"orders"},
            .group = "billing",
            .fetch = {.offset_reset = client::OffsetReset::kEarliest},
            .auto_commit_interval = std::chrono::milliseconds(10),
            .lag_refresh_interval = std::chrono::milliseconds(10),
            // No machine that stands still makes a member look dead.
            .group_options = {.session_timeout = std::chrono::minutes(5)}};
  }
  std::unique_ptr<client::Consumer> MakeMember(const client::ConsumerOptions& options = MemberOptions()) const {
    return client::Consumer::Builder().broker(broker_).metrics(consumer_metrics_).options(options).Build().value();
  }

  // To a partition of "orders", until all of them are acknowledged.
  void Produce(int records, std::uint32_t partition) {
    const auto producer = ProducerBuilder().Build().value();
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(producer->SendWithCallback("orders", {.value = "v"}, nullptr, partition).ok());
    }
    ASSERT_EQ(producer->Close(kPatience), 0U);
  }

  std::uint64_t HighWatermark(std::uint32_t partition) const {
    return broker_->ReadWatermarks({"orders", partition}, {}, client::CallLimits::Within(kPatience))
        .value()
        .high_watermark;
  }
  // A gauge of a partition of "orders"; -1 when there is none.
  double Gauge(const std::string& name, std::uint32_t partition) {
    return metrics::testing::MetricReader(registry_)
        .Value("streamhouse_consumer_" + name, {{"topic", "orders"}, {"partition", std::to_string(partition)}})
        .value_or(-1);
  }

  DataPlaneFixture() : DataPlaneFixture(agent::RunningAgent::DefaultConfig({})) {}
  explicit DataPlaneFixture(const agent::AgentConfig& config) : agent_(config) {}

  agent::RunningAgent agent_;
  metrics::Registry registry_;
  client::ProducerMetrics producer_metrics_ = client::ProducerMetrics::Register(registry_).value();
  client::ConsumerMetrics consumer_metrics_ = client::ConsumerMetrics::Register(registry_).value();
  std::shared_ptr<client::Broker> broker_ = client::MakeAgentBroker({.address = agent_.address()}).value();
};

}  // namespace streamhouse
