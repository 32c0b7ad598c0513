// SessionMetrics: what Mosquitto 2.1 and later tell a plugin of connects, subscriptions and
// deliveries, as metrics.
//
//   mosquitto_clients_connected
//   mosquitto_connects_total
//   mosquitto_subscribes_total               mosquitto_unsubscribes_total
//   mosquitto_publishes_sent_total{qos}      mosquitto_payload_sent_bytes_total
//
// When to use something else: authentication_metrics.h, for Mosquitto 2.0.
// Guarantees:
// 1. These events change nothing that the broker allows.
// 2. A client is in mosquitto_clients_connected from its accepted CONNECT until its connection
//    ends.
// Limits: tested against calls in the order of the header of 2.1; no broker of 2.1 was at hand.
// Thread safety: the thread of the broker. The families may be read by any.
// Cost: a recording or two.
// Errors: those of Registry.
#pragma once

#include <array>
#include <cstdint>

#include "integrations/mosquitto/client_set.h"
#include "metrics_core/counter.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

class SessionMetrics {
 public:
  static metrics::Result<SessionMetrics> Register(metrics::Registry& registry);

  void Connected(const void* client);
  void Ended(const void* client) { connected_.Remove(client); }
  void Subscribed() const { subscribes_.Increment(); }
  void Unsubscribed() const { unsubscribes_.Increment(); }
  // `qos` is 0, 1 or 2.
  void Sent(std::uint32_t payload_bytes, unsigned qos) const;

 private:
  ClientSet connected_;
  metrics::Counter connects_;
  metrics::Counter subscribes_;
  metrics::Counter unsubscribes_;
  std::array<metrics::Counter, 3> sent_;
  metrics::Counter sent_bytes_;
};

}  // namespace streamhouse::mosquitto_plugin
