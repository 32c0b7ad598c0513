// AclCheckMetrics: checks of the ACL that the broker asks plugins for, as metrics.
//
//   mosquitto_acl_checks_total{access}     read, write, subscribe, unsubscribe
//
// A plugin that registers for a check changes what the broker allows, also where it decides
// nothing. An operator switches each of them on (plugin_options.h).
// When to use something else: session_metrics.h, where the broker is 2.1 or later;
// authentication_metrics.h, for checks of passwords.
// Guarantees:
// 1. access="read" is one for each delivery to a client that the broker asks the ACL for, also
//    where the ACL then refuses it. access="write" is the same for each PUBLISH of a client, and
//    for each will that is sent. Both leave out topics that begin with `$`, and bridges.
// 2. access="subscribe" and "unsubscribe" are one for each topic filter.
// 3. The outcome of a check is not told to plugins, and not counted.
// 4. Missing: bridges, clients whose TLS certificate names them, clients with the extended
//    authentication of MQTT 5, and clients that a plugin before this one decides about.
// Thread safety: the thread of the broker. The family may be read by any.
// Cost: a recording.
// Errors: those of Registry.
#pragma once

#include <string_view>

#include "metrics_core/counter.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

class AclCheckMetrics {
 public:
  static metrics::Result<AclCheckMetrics> Register(metrics::Registry& registry);

  // `access` is one of MOSQ_ACL_…; an unknown one is not counted.
  void Count(int access, std::string_view topic) const;

 private:
  metrics::Counter read_;
  metrics::Counter write_;
  metrics::Counter subscribe_;
  metrics::Counter unsubscribe_;
};

}  // namespace streamhouse::mosquitto_plugin
