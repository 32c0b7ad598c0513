#include "integrations/mosquitto/packet_reader.h"

#include "integrations/mosquitto/mqtt_packets.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Status;
using metrics::StatusCode;

namespace {

// How long the head and the body of the packet at the beginning are; nothing while the head is
// incomplete.
struct Lengths {
  std::size_t head = 0;
  std::size_t body = 0;
};
std::optional<Lengths> LengthsOf(std::string_view bytes) {
  std::size_t body = 0;
  std::size_t factor = 1;
  for (std::size_t at = 1; at < bytes.size() && at <= 4; ++at) {
    const auto digit = static_cast<unsigned char>(bytes[at]);
    body += digit % kLengthBase * factor;
    if (digit < kLengthBase) return Lengths{.head = at + 1, .body = body};
    factor *= kLengthBase;
  }
  // Four digits are the most; one that goes on is too large in any case.
  if (bytes.size() > 4) return Lengths{.head = 5, .body = kReadPacketBytesMax + 1};
  return std::nullopt;
}

}  // namespace

std::optional<ReadMessage> MessageOf(const ReadPacket& packet) {
  const std::string_view body = packet.body;
  if (body.size() < 2) return std::nullopt;
  const std::size_t size = static_cast<unsigned char>(body[0]) * 256U + static_cast<unsigned char>(body[1]);
  if (body.size() < 2 + size) return std::nullopt;
  return ReadMessage{.topic = body.substr(2, size), .payload = body.substr(2 + size)};
}

Status PacketReader::Feed(std::string_view bytes, const std::function<void(const ReadPacket& packet)>& take) {
  rest_ += bytes;
  std::string_view left = rest_;
  while (const std::optional<Lengths> lengths = LengthsOf(left)) {
    if (lengths->body > kReadPacketBytesMax) return Status(StatusCode::kDataLoss, "a packet is too long");
    if (left.size() < lengths->head + lengths->body) break;
    const auto first = static_cast<unsigned char>(left[0]);
    take({.type = static_cast<std::uint8_t>(first >> 4), .body = left.substr(lengths->head, lengths->body)});
    left.remove_prefix(lengths->head + lengths->body);
  }
  rest_.erase(0, rest_.size() - left.size());
  return Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
