#include "integrations/mosquitto/mqtt_packets.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::size_t kDigit = 128;  // lengths are numbers to this base, the lowest digit first

std::string TwoBytes(std::size_t number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
}

std::string Text(std::string_view text) {
  return TwoBytes(text.size()) + std::string(text);
}

std::string Packet(int first_byte, const std::string& body) {
  std::string packet = {static_cast<char>(first_byte)};
  std::size_t rest = body.size();
  do {
    const std::size_t digit = rest % kDigit;
    rest /= kDigit;
    packet += static_cast<char>(digit + (rest > 0 ? kDigit : 0));
  } while (rest > 0);
  return packet + body;
}

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
    body += digit % kDigit * factor;
    if (digit < kDigit) return Lengths{.head = at + 1, .body = body};
    factor *= kDigit;
  }
  // Four digits are the most; one that goes on is too large in any case.
  if (bytes.size() > 4) return Lengths{.head = 5, .body = kReadPacketBytesMax + 1};
  return std::nullopt;
}

}  // namespace

std::string ConnectPacket(std::string_view client_id, std::uint16_t keep_alive_seconds, std::string_view user,
                          std::string_view password) {
  constexpr char kVersion311 = 4;
  constexpr int kCleanSession = 0x02;
  constexpr int kUserAndPassword = 0xC0;
  std::string body = Text("MQTT") + kVersion311;
  body += static_cast<char>(user.empty() ? kCleanSession : kCleanSession | kUserAndPassword);
  body += TwoBytes(keep_alive_seconds) + Text(client_id);
  if (!user.empty()) body += Text(user) + Text(password);
  return Packet(0x10, body);
}

std::string SubscribePacket(std::string_view topic_filter) {
  return Packet(0x82, TwoBytes(1) + Text(topic_filter) + '\0');
}

std::string PingPacket() {
  return Packet(0xC0, "");
}

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
