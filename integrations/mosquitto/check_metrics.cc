#include "integrations/mosquitto/check_metrics.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <utility>

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
using metrics::Gauge;
using metrics::Registry;
using metrics::Result;

Result<AclCheckMetrics> AclCheckMetrics::Register(Registry& registry) {
  Result<Family<Counter>> checks = registry.AddCounter(
      {.name = "mosquitto_acl_checks_total",
       .help =
           "Checks of the ACL, allowed or refused. read: deliveries to clients; write: PUBLISH packets of clients, and "
           "wills; subscribe, unsubscribe: topic filters. Topics that begin with $ are missing in read and write, "
           "and so are bridges.",
       .labels = {"access"}});
  if (!checks.ok()) return checks.status();
  AclCheckMetrics made;
  made.read_ = checks->With("read");
  made.write_ = checks->With("write");
  made.subscribe_ = checks->With("subscribe");
  made.unsubscribe_ = checks->With("unsubscribe");
  return made;
}

void AclCheckMetrics::Count(int access, std::string_view topic) const {
  const bool is_internal = topic.starts_with('$');
  if (access == MOSQ_ACL_SUBSCRIBE) {
    subscribe_.Increment();
  } else if (access == MOSQ_ACL_UNSUBSCRIBE) {
    unsubscribe_.Increment();
  } else if (access == MOSQ_ACL_READ && !is_internal) {
    read_.Increment();
  } else if (access == MOSQ_ACL_WRITE && !is_internal) {
    write_.Increment();
  }
}

Result<AuthenticationMetrics> AuthenticationMetrics::Register(Registry& registry, Connected connected,
                                                              NowFunction now) {
  AuthenticationMetrics made(connected, now);
  Result<Family<Counter>> checks = registry.AddCounter(
      {.name = "mosquitto_authentication_checks_total",
       .help =
           "Checks of user name and password, passed or refused. A reload (SIGHUP) checks every session again, also of "
           "clients that are offline. Missing: bridges, clients whose TLS certificate names them, clients with "
           "extended "
           "authentication (MQTT 5), and clients that an earlier plugin decides about."});
  if (!checks.ok()) return checks.status();
  made.checks_ = checks->With();
  if (connected == Connected::kCountedElsewhere) return made;
  Result<Family<Gauge>> clients = registry.AddGauge(
      {.name = "mosquitto_clients_connected",
       .help =
           "Clients whose user name and password the broker has checked, until their connection ends. Missing: as in "
           "mosquitto_authentication_checks_total."});
  if (!clients.ok()) return clients.status();
  made.connected_ = ClientSet(clients->With());
  return made;
}

void AuthenticationMetrics::Count(const void* client) {
  checks_.Increment();
  if (counts_connected_ == Connected::kCounted && !IsOfReload()) connected_.Add(client);
}

bool AuthenticationMetrics::IsOfReload() {
  if (!is_reloading_) return false;
  const std::int64_t now = now_();
  is_reloading_ = now - reload_seen_ <= std::chrono::nanoseconds(kReloadPauseMax).count();
  reload_seen_ = now;
  return is_reloading_;
}

}  // namespace streamhouse::mosquitto_plugin
