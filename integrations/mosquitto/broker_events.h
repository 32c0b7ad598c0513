// Events of a Mosquitto broker that is newer than the headers this is built with.
//
// Mosquitto 2.0 knows the events up to MOSQ_EVT_DISCONNECT, 2.1 has these as well. A plugin that is
// built with the headers of 2.0 registers for them by number: 2.0 refuses with
// MOSQ_ERR_NOT_SUPPORTED, and 2.1 takes it. Unlike ACL checks, they change nothing that the broker
// allows.
// When to use something else: the headers of the broker have the events of their own release.
// Guarantees: numbers and layouts are those of the header of 2.1.
// Thread safety: values.
// Cost: none.
#pragma once

#include <cstdint>

struct mosquitto;

namespace streamhouse::mosquitto_plugin {

inline constexpr int kConnectEvent = 11;
inline constexpr int kSubscribeEvent = 12;
inline constexpr int kUnsubscribeEvent = 13;
// Its data is a mosquitto_evt_message, as that of MOSQ_EVT_MESSAGE.
inline constexpr int kMessageOutEvent = 27;
// In place of MOSQ_EVT_DISCONNECT where the session outlives the connection. Its data is a
// mosquitto_evt_disconnect.
inline constexpr int kClientOfflineEvent = 28;

// The data of kConnectEvent; that of the next two begins alike.
struct ConnectEvent {
  void* future;
  ::mosquitto* client;
};

}  // namespace streamhouse::mosquitto_plugin
