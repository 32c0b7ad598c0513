#include "integrations/mosquitto/mqtt_packets.h"

namespace streamhouse::mosquitto_plugin {
namespace {

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
    const std::size_t digit = rest % kLengthBase;
    rest /= kLengthBase;
    packet += static_cast<char>(digit + (rest > 0 ? kLengthBase : 0));
  } while (rest > 0);
  return packet + body;
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

}  // namespace streamhouse::mosquitto_plugin
