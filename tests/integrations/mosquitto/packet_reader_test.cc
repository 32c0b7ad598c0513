#include "integrations/mosquitto/packet_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::mosquitto_plugin {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

using ::testing::ElementsAre;

// "TYPE:BODY" for each packet that comes out.
class Taken {
 public:
  metrics::Status Feed(std::string_view bytes) {
    return reader_.Feed(bytes, [this](const ReadPacket& packet) {
      taken_.push_back(std::to_string(packet.type) + ":" + std::string(packet.body));
    });
  }
  const std::vector<std::string>& all() const { return taken_; }

 private:
  PacketReader reader_;
  std::vector<std::string> taken_;
};

TEST(PacketReaderTest, PacketsComeOutWholeHoweverTheyArrive) {
  const std::string bytes = "\x20\x02\x00\x00"s + "\xD0\x00"s + "\x30\x03\x00\x01"s + "a";
  Taken at_once;
  EXPECT_TRUE(at_once.Feed(bytes).ok());
  Taken one_by_one;
  for (const char byte : bytes) EXPECT_TRUE(one_by_one.Feed({&byte, 1}).ok());
  EXPECT_THAT(at_once.all(), ElementsAre("2:\0\0"s, "13:", "3:\0\1a"s));
  EXPECT_EQ(at_once.all(), one_by_one.all());
}

TEST(PacketReaderTest, ALongPacketComesOutWhole) {
  const std::string body(20'000, 'x');  // three bytes of length
  const std::string next = "\xD0\x00"s;
  Taken taken;
  EXPECT_TRUE(taken.Feed("\x30\xA0\x9C\x01"s + body + next).ok());
  EXPECT_THAT(taken.all(), ElementsAre("3:" + body, "13:"));
}

TEST(PacketReaderTest, APacketThatIsTooLongIsRefusedByItsHead) {
  EXPECT_TRUE(Taken().Feed("\x30\xFF\xFF\x03"s).ok());  // 65,535 bytes, of which none is here
  EXPECT_FALSE(Taken().Feed("\x30\xFF\xFF\x7F"s).ok());
  EXPECT_FALSE(Taken().Feed("\x30\xFF\xFF\xFF\xFF"s).ok());
}

TEST(PacketReaderTest, AMessageHasATopicAndThePayloadBehindIt) {
  const auto message = MessageOf({.type = kPublishType,
                                  .body = "\x00\x03"
                                          "a/b17"});
  EXPECT_EQ(message, std::nullopt);  // a literal ends at its first NUL
  const std::string body = "\x00\x03"s + "a/b17";
  EXPECT_EQ(MessageOf({.type = kPublishType, .body = body})->topic, "a/b");
  EXPECT_EQ(MessageOf({.type = kPublishType, .body = body})->payload, "17");
}

TEST(PacketReaderTest, AMessageThatIsCutIsNone) {
  const std::string body = "\x00\x09"s + "a/b";
  EXPECT_FALSE(MessageOf({.type = kPublishType, .body = body}).has_value());
  EXPECT_FALSE(MessageOf({.type = kPublishType, .body = "a"}).has_value());
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
