// ConnectPacket() and the like, and PacketReader: the part of MQTT 3.1.1 that a client needs to
// subscribe at QoS 0 and to listen.
//
// When to use something else: a client library, to publish or to resume a session.
// Guarantees: PacketReader gives whole packets in their order, however the bytes arrive.
// Thread safety: values; a reader has one thread.
// Cost: a copy of each packet.
// Errors: PacketReader::Feed(), DataLoss, for a length that is malformed or above
// kReadPacketBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// Packets of $SYS have some dozen bytes.
inline constexpr std::size_t kReadPacketBytesMax = 65'536;

inline constexpr std::uint8_t kConnackType = 2;
inline constexpr std::uint8_t kPublishType = 3;
inline constexpr std::uint8_t kSubackType = 9;

// With a clean session. An empty user is none.
std::string ConnectPacket(std::string_view client_id, std::uint16_t keep_alive_seconds, std::string_view user,
                          std::string_view password);
// At QoS 0, with the packet id 1.
std::string SubscribePacket(std::string_view topic_filter);
std::string PingPacket();

struct ReadPacket {
  std::uint8_t type = 0;
  std::string_view body;
};

// Of a PUBLISH packet of QoS 0; nothing where the body is too short.
struct ReadMessage {
  std::string_view topic;
  std::string_view payload;
};
std::optional<ReadMessage> MessageOf(const ReadPacket& packet);

class PacketReader {
 public:
  // Calls `take` for each packet that is complete now. The views live until it returns.
  metrics::Status Feed(std::string_view bytes, const std::function<void(const ReadPacket& packet)>& take);

 private:
  std::string rest_;
};

}  // namespace streamhouse::mosquitto_plugin
