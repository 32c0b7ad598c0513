#include "integrations/mosquitto/check_metrics.h"

#include <gtest/gtest.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <chrono>
#include <cstdint>
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

std::int64_t now = 0;

AuthenticationMetrics Authentications(metrics::Registry& registry, AuthenticationMetrics::Connected connected =
                                                                       AuthenticationMetrics::Connected::kCounted) {
  return AuthenticationMetrics::Register(registry, connected, [] { return std::int64_t{now}; }).value();
}

TEST(AuthenticationMetricsTest, AClientThatIsCheckedAgainIsConnectedOnce) {
  metrics::Registry registry;
  auto checks = Authentications(registry);
  const int client = 0;
  checks.Count(&client);
  checks.Count(&client);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_authentication_checks_total"), 2);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 1);
  checks.Ended(&client);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 0);
}

TEST(AuthenticationMetricsTest, AReloadAddsNoClientUntilTheLoopMoves) {
  metrics::Registry registry;
  auto checks = Authentications(registry);
  const int away = 0;
  const int fresh = 0;
  checks.Reloaded();
  checks.Count(&away);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_authentication_checks_total"), 1);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 0);
  checks.LoopMoved();
  checks.Count(&fresh);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 1);
}

TEST(AuthenticationMetricsTest, AReloadIsOverWhenNoCheckHasComeForAPause) {
  constexpr std::int64_t kPause = std::chrono::nanoseconds(kReloadPauseMax).count();
  metrics::Registry registry;
  auto checks = Authentications(registry);
  const int away[2] = {};
  const int fresh = 0;
  checks.Reloaded();
  for (const int& client : away) {
    now += kPause;
    checks.Count(&client);
  }
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 0);
  now += kPause + 1;
  checks.Count(&fresh);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 1);
}

TEST(AuthenticationMetricsTest, ConnectedClientsMayBeCountedElsewhere) {
  metrics::Registry registry;
  auto checks = Authentications(registry, AuthenticationMetrics::Connected::kCountedElsewhere);
  const int client = 0;
  checks.Count(&client);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
