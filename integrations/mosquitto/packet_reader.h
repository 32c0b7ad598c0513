// PacketReader: the packets of MQTT 3.1.1 that a client gets, as much as one needs that subscribes
// at QoS 0 and listens.
//
// When to use something else: mqtt_packets.h, for what the client sends.
// Guarantees: it gives whole packets in their order, however the bytes arrive.
// Thread safety: one thread at a time.
// Cost: a copy of each packet.
// Errors: Feed(), DataLoss, for a length that is none or above kReadPacketBytesMax.
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
