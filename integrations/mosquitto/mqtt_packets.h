// ConnectPacket(), SubscribePacket(), PingPacket(): as much of MQTT 3.1.1 as a client sends that
// subscribes at QoS 0 and listens.
//
// When to use something else: packet_reader.h, for what the client gets; a client library, to
// publish or to resume a session.
// Thread safety: pure functions.
// Cost: a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace streamhouse::mosquitto_plugin {

// The length of a packet is a number to this base, the lowest digit first.
inline constexpr std::size_t kLengthBase = 128;

// With a clean session. An empty user is none.
std::string ConnectPacket(std::string_view client_id, std::uint16_t keep_alive_seconds, std::string_view user,
                          std::string_view password);
// At QoS 0, with the packet id 1.
std::string SubscribePacket(std::string_view topic_filter);
std::string PingPacket();

}  // namespace streamhouse::mosquitto_plugin
