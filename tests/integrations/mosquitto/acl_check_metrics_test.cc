#include "integrations/mosquitto/acl_check_metrics.h"

#include <gtest/gtest.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <optional>
#include <string_view>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::testing::MetricReader;

std::optional<double> AclChecks(metrics::Registry& registry, std::string_view access) {
  return MetricReader(registry).Value("mosquitto_acl_checks_total", {{"access", access}});
}

TEST(AclCheckMetricsTest, CountsByAccess) {
  metrics::Registry registry;
  const AclCheckMetrics checks = AclCheckMetrics::Register(registry).value();
  for (const int access : {MOSQ_ACL_READ, MOSQ_ACL_WRITE, MOSQ_ACL_SUBSCRIBE, MOSQ_ACL_UNSUBSCRIBE}) {
    checks.Count(access, "a");
  }
  for (const char* const access : {"read", "write", "subscribe", "unsubscribe"}) {
    EXPECT_EQ(AclChecks(registry, access), 1) << access;
  }
}

TEST(AclCheckMetricsTest, LeavesOutTrafficOfTheBrokerItself) {
  metrics::Registry registry;
  const AclCheckMetrics checks = AclCheckMetrics::Register(registry).value();
  checks.Count(MOSQ_ACL_READ, "$SYS/broker/uptime");
  checks.Count(MOSQ_ACL_WRITE, "$CONTROL/x");
  checks.Count(MOSQ_ACL_SUBSCRIBE, "$SYS/#");
  EXPECT_EQ(AclChecks(registry, "read"), 0);
  EXPECT_EQ(AclChecks(registry, "write"), 0);
  EXPECT_EQ(AclChecks(registry, "subscribe"), 1);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
