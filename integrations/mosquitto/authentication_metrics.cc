#include "integrations/mosquitto/authentication_metrics.h"

#include <utility>

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
using metrics::Gauge;
using metrics::Registry;
using metrics::Result;

Result<AuthenticationMetrics> AuthenticationMetrics::Register(Registry& registry, Connected connected,
                                                              const LoopWatch& loop, NowFunction now) {
  AuthenticationMetrics made(connected, loop, now);
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
  is_reloading_ = loop_->HasPassed() || now - reload_seen_ <= std::chrono::nanoseconds(kReloadPauseMax).count();
  reload_seen_ = now;
  return is_reloading_;
}

}  // namespace streamhouse::mosquitto_plugin
