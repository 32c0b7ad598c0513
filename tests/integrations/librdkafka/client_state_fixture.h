// ClientStateFixture: a ClientState, and documents of its client.
//
// Each document is a second after the one before.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

#include "integrations/librdkafka/client_state.h"
#include "integrations/librdkafka/statistics.h"
#include "metrics_core/registry.h"

namespace streamhouse::librdkafka {

class ClientStateFixture : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(counters_.Register(registry_).ok()); }

  Statistics Document(const std::string& type) {
    ++seconds_;
    return {.name = "app#" + type + "-1",
            .client_id = "app",
            .type = type,
            .ts = seconds_ * 1'000'000,
            .time = 1'700'000'000 + seconds_};
  }

  static BrokerStatistics Broker(const std::string& name, std::int64_t nodeid) {
    return {.name = name,
            .nodename = name.substr(0, name.find('/')),
            .source = nodeid < 0 ? "configured" : "learned",
            .state = "UP",
            .nodeid = nodeid,
            .rxidle = 1000};
  }

  // Of broker 1, assigned, read up to `position` of 10.
  static PartitionStatistics Partition(std::int64_t number, std::int64_t position) {
    return {.partition = number,
            .broker = 1,
            .is_desired = true,
            .is_active = true,
            .next_offset = 10,
            .app_offset = position,
            .committed_offset = position,
            .lo_offset = 0,
            .hi_offset = 10,
            .ls_offset = 10,
            .rxmsgs = 10};
  }

  Statistics ConsumerDocument(const PartitionStatistics& partition) {
    Statistics document = Document("consumer");
    document.brokers = {Broker("kafka:9092/1", 1)};
    document.topics = {{.topic = "orders", .partitions = {partition}}};
    return document;
  }

  std::optional<std::int64_t> LagAfter(const Statistics& document) {
    state_.Take(document, counters_);
    return state_.partitions().empty() ? std::nullopt : state_.partitions()[0].lag.exact;
  }

  metrics::Registry registry_;
  StatisticsCounters counters_;
  ClientState state_{{.group = "billing"}};
  std::int64_t seconds_ = 0;
};

}  // namespace streamhouse::librdkafka
