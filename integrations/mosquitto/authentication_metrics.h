// AuthenticationMetrics: checks of user name and password that the broker asks plugins for, as
// metrics.
//
//   mosquitto_authentication_checks_total
//   mosquitto_clients_connected            where the broker has no event for connects
//
// A plugin that registers for a check changes what the broker allows, also where it decides
// nothing. An operator switches each of them on (plugin_options.h).
// When to use something else: session_metrics.h, where the broker is 2.1 or later;
// acl_check_metrics.h, for checks of the ACL.
// Guarantees:
// 1. The outcome of a check is not told to plugins, and not counted.
// 2. mosquitto_authentication_checks_total counts every session again at each reload (SIGHUP), also
//    a stored session whose client is offline. Such a check adds no client to
//    mosquitto_clients_connected. A check is one of a reload until LoopMoved(). While
//    `loop` has never passed, as with per_listener_settings, no LoopMoved() comes from an idle
//    broker. A check is then none of a reload where kReloadPauseMax has passed since the reload and
//    since its newest check.
// 3. Missing in both families: bridges, clients whose TLS certificate names them, clients with the
//    extended authentication of MQTT 5, and clients that a plugin before this one decides about.
// Thread safety: the thread of the broker. The families may be read by any.
// Cost: a recording.
// Errors: those of Registry.
#pragma once

#include <chrono>
#include <cstdint>

#include "integrations/mosquitto/client_set.h"
#include "integrations/mosquitto/coarse_clock.h"
#include "integrations/mosquitto/loop_watch.h"
#include "metrics_core/counter.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// For a broker that reports no pass of its loop. Checks of a reload follow one another at once: the
// broker checks passwords and does nothing else. Where an earlier plugin takes longer for a check,
// that check and the reload's later ones count as connects.
inline constexpr std::chrono::seconds kReloadPauseMax{1};

class AuthenticationMetrics {
 public:
  // Whether mosquitto_clients_connected is made of the checks, or another class counts it.
  enum class Connected : std::uint8_t { kCountedElsewhere, kCounted };

  // `loop` must outlive the AuthenticationMetrics.
  static metrics::Result<AuthenticationMetrics> Register(metrics::Registry& registry, Connected connected,
                                                         const LoopWatch& loop, NowFunction now);

  void Count(const void* client);
  // The broker now checks all sessions again.
  void Reloaded() {
    is_reloading_ = true;
    reload_seen_ = now_();
  }
  // The broker does other work: a reload's checks are over.
  void LoopMoved() { is_reloading_ = false; }
  void Ended(const void* client) { connected_.Remove(client); }

 private:
  AuthenticationMetrics(Connected connected, const LoopWatch& loop, NowFunction now)
      : loop_(&loop), now_(now), counts_connected_(connected) {}

  bool IsOfReload();

  const LoopWatch* loop_;
  NowFunction now_;
  metrics::Counter checks_;
  Connected counts_connected_;
  ClientSet connected_;
  bool is_reloading_ = false;
  std::int64_t reload_seen_ = 0;  // when the reload, or its newest check, was seen
};

}  // namespace streamhouse::mosquitto_plugin
