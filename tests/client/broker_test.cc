#include "client/broker.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stop_token>

#include "client/agent_broker/agent_broker.h"
#include "client/testing/in_memory_broker.h"
#include "tests/agent/support/running_agent.h"
#include "tests/client/broker_contract.h"

namespace streamhouse::client {
namespace {

class InMemoryBackend final : public BrokerBackend {
 public:
  Broker& broker() override { return broker_; }

 private:
  InMemoryBroker broker_;
};

class AgentBackend final : public BrokerBackend {
 public:
  Broker& broker() override { return *broker_; }

 private:
  agent::RunningAgent agent_;
  std::shared_ptr<Broker> broker_ = MakeAgentBroker({.address = agent_.address()}).value();
};

INSTANTIATE_TEST_SUITE_P(InMemoryBroker, BrokerContract,
                         testing::Values([] { return std::make_unique<InMemoryBackend>(); }));
INSTANTIATE_TEST_SUITE_P(AgentBroker, BrokerContract, testing::Values([] { return std::make_unique<AgentBackend>(); }));

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

TEST(CallLimitsTest, EndWithinTheTimeout) {
  const auto before = steady_clock::now();
  const CallLimits limits = CallLimits::Within(std::chrono::minutes(1));
  EXPECT_GE(limits.deadline, before + std::chrono::minutes(1));
  EXPECT_LE(limits.deadline, steady_clock::now() + std::chrono::minutes(1));
}

TEST(CallLimitsTest, AnEndlessTimeoutDoesNotOverflow) {
  EXPECT_EQ(DeadlineAfter(nanoseconds::max()), steady_clock::time_point::max());
}

TEST(CallLimitsTest, CarryTheStopToken) {
  std::stop_source source;
  const CallLimits limits = CallLimits::Within(nanoseconds(1), source.get_token());
  source.request_stop();
  EXPECT_TRUE(limits.stop.stop_requested());
  EXPECT_FALSE(CallLimits::Within(nanoseconds(1)).stop.stop_possible());
}

}  // namespace
}  // namespace streamhouse::client
