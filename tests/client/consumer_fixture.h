// ConsumerFixture: the in-memory broker with two partitions of "orders", and metrics, for the tests
// of Consumer and of its parts.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "client/consumer.h"
#include "client/testing/in_memory_broker.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/support/eventually.h"

namespace streamhouse::client {

using metrics::testing::MetricReader;

class ConsumerFixture : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kPatience{30};
  // An interval that does not pass during a test.
  static constexpr std::chrono::hours kNever{1};

  ConsumerFixture() {
    EXPECT_TRUE(broker_->CreateTopic("orders", 2, Soon()).ok());
    builder_.broker(broker_).metrics(metrics_);
    options_.group = "billing";
    options_.topics = {"orders"};
    options_.fetch.offset_reset = OffsetReset::kEarliest;
    options_.auto_commit_interval = kNever;
    options_.lag_refresh_interval = kNever;
    // No machine that stands still ends its session.
    options_.group_options.session_timeout = kNever;
  }

  static CallLimits Soon() { return CallLimits::Within(kPatience); }

  void Start() { consumer_ = std::move(builder_.options(options_).Build()).value(); }

  void Write(const std::vector<std::string>& values, std::uint32_t partition = 0, std::int64_t timestamp_ms = 1) {
    RecordBatch batch;
    for (const std::string& value : values) batch.Append({.value = value, .timestamp_ms = timestamp_ms});
    EXPECT_TRUE(broker_->Produce({"orders", partition}, batch, Soon()).ok());
  }

  // The values of what a patient Poll() returns, or of its failure, joined by commas.
  std::string Poll() {
    const Result<PolledRecords> polled = consumer_->Poll(kPatience);
    if (!polled.ok()) return polled.status().ToString();
    std::string values;
    for (const ConsumedRecord& record : polled.value()) {
      values += (values.empty() ? "" : ",") + std::string(record.record.value);
    }
    return values;
  }

  std::optional<Offset> CommittedAtBroker(std::uint32_t partition = 0, const std::string& group = "billing") {
    return broker_->Committed(group, {"orders", partition}, Soon()).value();
  }

  void CommitAtBroker(Offset next, std::uint32_t partition = 0) {
    EXPECT_TRUE(broker_->Commit({"billing"}, {"orders", partition}, next, Soon()).ok());
  }

  // A gauge of a partition of "orders"; -1 when there is none.
  double Gauge(const std::string& name, std::uint32_t partition = 0) {
    const std::string number = std::to_string(partition);
    return MetricReader(registry_)
        .Value("streamhouse_consumer_" + name, {{"topic", "orders"}, {"partition", number}, {"group", "billing"}})
        .value_or(-1);
  }

  std::shared_ptr<InMemoryBroker> broker_ = std::make_shared<InMemoryBroker>();
  metrics::Registry registry_;
  ConsumerMetrics metrics_ = ConsumerMetrics::Register(registry_).value();
  Consumer::Builder builder_;
  ConsumerOptions options_;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace streamhouse::client
