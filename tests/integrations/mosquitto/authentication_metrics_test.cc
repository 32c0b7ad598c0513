#include "integrations/mosquitto/authentication_metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::testing::MetricReader;

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
