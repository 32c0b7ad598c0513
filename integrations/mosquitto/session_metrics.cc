#include "integrations/mosquitto/session_metrics.h"

#include <string>
#include <utility>

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
using metrics::Gauge;
using metrics::Registry;
using metrics::Result;
using metrics::Status;

namespace {

Status AddPlain(Registry& registry, std::string name, std::string help, std::string unit, Counter& counter) {
  Result<Family<Counter>> family =
      registry.AddCounter({.name = std::move(name), .help = std::move(help), .unit = std::move(unit)});
  if (!family.ok()) return family.status();
  counter = family->With();
  return Status::Ok();
}

}  // namespace

Result<SessionMetrics> SessionMetrics::Register(Registry& registry) {
  SessionMetrics made;
  Result<Family<Gauge>> clients = registry.AddGauge(
      {.name = "mosquitto_clients_connected",
       .help = "Clients whose CONNECT the broker has accepted, until their connection ends. Bridges are missing."});
  if (!clients.ok()) return clients.status();
  made.connected_ = ClientSet(clients->With());
  Result<Family<Counter>> sent = registry.AddCounter(
      {.name = "mosquitto_publishes_sent_total",
       .help = "PUBLISH packets that the broker had for its clients, retained ones included. Topics that begin with $ "
               "are missing.",
       .labels = {"qos"}});
  if (!sent.ok()) return sent.status();
  for (unsigned qos = 0; qos < made.sent_.size(); ++qos) made.sent_[qos] = sent->With(std::to_string(qos));
  for (const Status& added :
       {AddPlain(registry, "mosquitto_payload_sent_bytes_total",
                 "Payloads of the packets in mosquitto_publishes_sent_total.", "bytes", made.sent_bytes_),
        AddPlain(registry, "mosquitto_connects_total", "CONNECT packets that the broker has accepted.", "",
                 made.connects_),
        AddPlain(registry, "mosquitto_subscribes_total", "Topic filters that clients have subscribed to.", "",
                 made.subscribes_),
        AddPlain(registry, "mosquitto_unsubscribes_total", "Topic filters that clients have unsubscribed from.", "",
                 made.unsubscribes_)}) {
    if (!added.ok()) return added;
  }
  return made;
}

void SessionMetrics::Connected(const void* client) {
  connects_.Increment();
  connected_.Add(client);
}

void SessionMetrics::Sent(std::uint32_t payload_bytes, unsigned qos) const {
  sent_[qos].Increment();
  sent_bytes_.Increment(payload_bytes);
}

}  // namespace streamhouse::mosquitto_plugin
