#include "integrations/mosquitto/broker_events.h"

#include <gtest/gtest.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <cstddef>

namespace streamhouse::mosquitto_plugin {
namespace {

// An event that the broker's own header has would be registered for twice.
TEST(BrokerEventsTest, FollowThoseOfTheOldestHeader) {
  EXPECT_LT(MOSQ_EVT_DISCONNECT, kConnectEvent);
  EXPECT_LT(kConnectEvent, kSubscribeEvent);
  EXPECT_LT(kSubscribeEvent, kUnsubscribeEvent);
  EXPECT_LT(kUnsubscribeEvent, kMessageOutEvent);
  EXPECT_LT(kMessageOutEvent, kClientOfflineEvent);
}

// Every event of a client begins alike in the header.
TEST(BrokerEventsTest, AConnectHasItsClientWhereOtherEventsHaveTheirs) {
  EXPECT_EQ(offsetof(ConnectEvent, client), offsetof(mosquitto_evt_disconnect, client));
  EXPECT_EQ(offsetof(ConnectEvent, client), offsetof(mosquitto_evt_basic_auth, client));
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
