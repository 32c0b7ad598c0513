#include "integrations/mosquitto/acl_check_metrics.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
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

}  // namespace streamhouse::mosquitto_plugin
