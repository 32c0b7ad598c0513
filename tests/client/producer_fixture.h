// ProducerFixture: a producer, the in-memory broker behind it and its metrics, for the tests of
// Producer.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "client/producer.h"
#include "client/testing/in_memory_broker.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::client {

using metrics::testing::MetricReader;

class ProducerFixture : public testing::Test {
 protected:
  using Future = std::future<Result<Delivery>>;

  // What a test never waits for in vain.
  static constexpr std::chrono::seconds kPatience{30};
  // A linger that only a full batch, Flush() or Close() ends.
  static constexpr std::chrono::hours kForever{1};

  ProducerFixture() {
    EXPECT_TRUE(broker_->CreateTopic("orders", 4, CallLimits::Within(kPatience)).ok());
    builder_.broker(broker_).metrics(ProducerMetrics::Register(registry_).value());
    options_.linger = kForever;
    options_.retry_policy = {.initial_backoff = std::chrono::milliseconds(1),
                             .max_backoff = std::chrono::milliseconds(2)};
  }

  void Start() { producer_ = std::move(builder_.options(options_).Build()).value(); }

  Future Send(const std::string& value, std::optional<std::uint32_t> partition = 0) {
    return producer_->Send("orders", {.value = value}, partition);
  }

  // The result, which must be there or come soon.
  static Result<Delivery> Get(Future& future) {
    if (future.wait_for(kPatience) != std::future_status::ready) {
      return Status(StatusCode::kInternal, "the test waited in vain");
    }
    return future.get();
  }

  static StatusCode CodeOf(Future& future) { return Get(future).status().code(); }
  static bool IsReady(const Future& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  std::vector<std::string> Written(std::uint32_t partition) const { return broker_->Values({"orders", partition}); }

  double Errors(const std::string& reason, const std::string& topic = "orders") {
    return MetricReader(registry_)
        .Value("streamhouse_producer_send_errors_total", {{"topic", topic}, {"reason", reason}})
        .value_or(-1);
  }
  // Of a counter or gauge of "orders"; -1 when there is none.
  double Value(const std::string& name) {
    return MetricReader(registry_).Value("streamhouse_producer_" + name, {{"topic", "orders"}}).value_or(-1);
  }
  double Pending() { return Value("pending_records"); }
  double Sent() { return Value("records_sent_total"); }

  std::shared_ptr<InMemoryBroker> broker_ = std::make_shared<InMemoryBroker>();
  metrics::Registry registry_;
  Producer::Builder builder_;
  ProducerOptions options_;
  std::unique_ptr<Producer> producer_;
};

}  // namespace streamhouse::client
