#include "integrations/mosquitto/authentication_metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "integrations/mosquitto/loop_watch.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::testing::MetricReader;

std::int64_t now = 0;

std::int64_t Now() {
  return now;
}

class AuthenticationMetricsTest : public ::testing::Test {
 protected:
  AuthenticationMetrics Authentications(
      AuthenticationMetrics::Connected connected = AuthenticationMetrics::Connected::kCounted) {
    return AuthenticationMetrics::Register(registry_, connected, loop_, &Now).value();
  }
  std::optional<double> Checks() { return MetricReader(registry_).Value("mosquitto_authentication_checks_total"); }
  std::optional<double> Connected() { return MetricReader(registry_).Value("mosquitto_clients_connected"); }

  metrics::Registry registry_;
  LoopWatch loop_{&Now};
};

TEST_F(AuthenticationMetricsTest, AClientThatIsCheckedAgainIsConnectedOnce) {
  auto checks = Authentications();
  const int client = 0;
  checks.Count(&client);
  checks.Count(&client);
  EXPECT_EQ(Checks(), 2);
  EXPECT_EQ(Connected(), 1);
  checks.Ended(&client);
  EXPECT_EQ(Connected(), 0);
}

TEST_F(AuthenticationMetricsTest, AReloadAddsNoClientUntilTheLoopMoves) {
  auto checks = Authentications();
  const int away = 0;
  const int fresh = 0;
  checks.Reloaded();
  checks.Count(&away);
  EXPECT_EQ(Checks(), 1);
  EXPECT_EQ(Connected(), 0);
  checks.LoopMoved();
  checks.Count(&fresh);
  EXPECT_EQ(Connected(), 1);
}

TEST_F(AuthenticationMetricsTest, WithoutPassesAReloadIsOverWhenNoCheckHasComeForAPause) {
  constexpr std::int64_t kPause = std::chrono::nanoseconds(kReloadPauseMax).count();
  auto checks = Authentications();
  const int away[2] = {};
  const int fresh = 0;
  checks.Reloaded();
  for (const int& client : away) {
    now += kPause;
    checks.Count(&client);
  }
  EXPECT_EQ(Connected(), 0);
  now += kPause + 1;
  checks.Count(&fresh);
  EXPECT_EQ(Connected(), 1);
}

// As where another plugin asks a slow server about each password.
TEST_F(AuthenticationMetricsTest, WithPassesNoPauseEndsAReload) {
  auto checks = Authentications();
  const int away[2] = {};
  loop_.Pass();
  checks.Reloaded();
  for (const int& client : away) {
    now += 2 * std::chrono::nanoseconds(kReloadPauseMax).count();
    checks.Count(&client);
  }
  EXPECT_EQ(Connected(), 0);
}

TEST_F(AuthenticationMetricsTest, ConnectedClientsMayBeCountedElsewhere) {
  auto checks = Authentications(AuthenticationMetrics::Connected::kCountedElsewhere);
  const int client = 0;
  checks.Count(&client);
  EXPECT_EQ(Connected(), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
