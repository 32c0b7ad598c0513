#include "integrations/mosquitto/mqtt_packets.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::mosquitto_plugin {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

TEST(MqttPacketsTest, AConnectIsThatOfTheStandard) {
  EXPECT_EQ(ConnectPacket("me", 30, "", ""), "\x10\x0E\x00\x04MQTT\x04\x02\x00\x1E\x00\x02me"s);
  EXPECT_EQ(ConnectPacket("me", 30, "u", "pw"), "\x10\x15\x00\x04MQTT\x04\xC2\x00\x1E\x00\x02me\x00\x01u\x00\x02pw"s);
}

TEST(MqttPacketsTest, ASubscriptionIsThatOfTheStandard) {
  EXPECT_EQ(SubscribePacket("a/#"), "\x82\x08\x00\x01\x00\x03"s + "a/#" + "\x00"s);
}

TEST(MqttPacketsTest, ALongPacketHasALengthOfTwoBytes) {
  EXPECT_EQ(SubscribePacket(std::string(200, 'a')).substr(0, 3), "\x82\xCD\x01"s);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
