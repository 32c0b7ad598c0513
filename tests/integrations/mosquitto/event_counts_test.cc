#include "integrations/mosquitto/event_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string_view>

#include "integrations/mosquitto/broker_events.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/integrations/mosquitto/fake_broker.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EventCountsTest : public ::testing::Test {
 protected:
  void AddTo(int last_event, const PluginOptions& options = {}) {
    broker_.emplace(last_event);
    counts_ = EventCounts::Register(registry_, health_, options).value();
    callbacks_.emplace(broker_->identifier());
    ASSERT_TRUE(counts_->AddTo(*callbacks_, registry_, options).ok());
  }
  bool IsReady() const { return health_.Evaluate().ready(); }
  std::optional<double> Value(std::string_view family) {
    return metrics::testing::MetricReader(registry_).Value(family);
  }

  metrics::Registry registry_;
  metrics::Health health_;
  std::optional<FakeBroker> broker_;
  std::unique_ptr<EventCounts> counts_;
  std::optional<EventCallbacks> callbacks_;
  ::mosquitto client_ = {.id = "client"};
};

TEST_F(EventCountsTest, APassOfTheLoopMakesTheBrokerReady) {
  AddTo(FakeBroker::kLastEventOf20);
  EXPECT_FALSE(IsReady());
  broker_->Tick();
  EXPECT_TRUE(IsReady());
}

// An idle broker of 2.1 sleeps for longer than kLoopSilenceMax, unless a plugin asks for less.
TEST_F(EventCountsTest, APassAsksForTheNextOneWithinASecond) {
  AddTo(FakeBroker::kLastEventOf21);
  mosquitto_evt_tick tick = {};
  broker_->Tell(MOSQ_EVT_TICK, &tick);
  EXPECT_EQ(tick.next_s, 1);
}

TEST_F(EventCountsTest, ACheckOfTheAclShowsThatTheLoopHasBegun) {
  AddTo(FakeBroker::kLastEventOf20, {.acl_checks = Checks::kOn});
  mosquitto_evt_acl_check check = {};
  broker_->Tell(MOSQ_EVT_ACL_CHECK, &check);
  EXPECT_TRUE(IsReady());
}

TEST_F(EventCountsTest, AnAuthenticationShowsThatTheLoopHasBegun) {
  AddTo(FakeBroker::kLastEventOf20, {.auth_checks = Checks::kOn});
  mosquitto_evt_basic_auth check = {};
  broker_->Tell(MOSQ_EVT_BASIC_AUTH, &check);
  EXPECT_TRUE(IsReady());
}

// A broker between 2.0 and 2.1.
TEST_F(EventCountsTest, AnEventThatTheBrokerLacksBesideConnectsIsTold) {
  AddTo(kUnsubscribeEvent);
  EXPECT_THAT(broker_->log(), ElementsAre(HasSubstr("not of deliveries"), HasSubstr("not of clients that go offline")));
}

TEST_F(EventCountsTest, EventsThatABrokerHasTogetherNeedNoLine) {
  for (const int last_event : {FakeBroker::kLastEventOf20, FakeBroker::kLastEventOf21}) {
    metrics::Registry registry;
    FakeBroker broker(last_event);
    const auto counts = EventCounts::Register(registry, health_, {}).value();
    EventCallbacks callbacks(broker.identifier());
    EXPECT_TRUE(counts->AddTo(callbacks, registry, {}).ok());
    EXPECT_THAT(broker.log(), IsEmpty());
  }
}

// From 2.1 on, a client whose session stays has this event in place of a disconnect.
TEST_F(EventCountsTest, AClientThatGoesOfflineIsNoLongerConnected) {
  AddTo(FakeBroker::kLastEventOf21);
  ConnectEvent connect = {.future = nullptr, .client = &client_};
  mosquitto_evt_disconnect offline = {};
  offline.client = &client_;
  broker_->Tell(kConnectEvent, &connect);
  broker_->Publish(client_, "a", 0);
  EXPECT_EQ(broker_->Tell(kClientOfflineEvent, &offline), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(Value("mosquitto_clients_connected"), 0);
  EXPECT_EQ(Value("mosquitto_publishing_clients"), 0);
  EXPECT_EQ(
      metrics::testing::MetricReader(registry_).Value("mosquitto_connections_ended_total", {{"client", "identified"}}),
      1);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
