#include "integrations/mosquitto/session_metrics.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::testing::MetricReader;

TEST(SessionMetricsTest, AClientIsConnectedUntilItsConnectionEnds) {
  metrics::Registry registry;
  auto sessions = SessionMetrics::Register(registry).value();
  const int client = 0;
  sessions.Connected(&client);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 1);
  sessions.Ended(&client);
  sessions.Ended(&client);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_clients_connected"), 0);
  EXPECT_EQ(MetricReader(registry).Value("mosquitto_connects_total"), 1);
}

TEST(SessionMetricsTest, CountsSubscriptionsAndDeliveries) {
  metrics::Registry registry;
  const auto sessions = SessionMetrics::Register(registry).value();
  sessions.Subscribed();
  sessions.Unsubscribed();
  sessions.Sent(7, 1);
  sessions.Sent(5, 2);
  const MetricReader page(registry);
  EXPECT_EQ(page.Value("mosquitto_subscribes_total"), 1);
  EXPECT_EQ(page.Value("mosquitto_unsubscribes_total"), 1);
  EXPECT_EQ(page.Value("mosquitto_publishes_sent_total", {{"qos", "1"}}), 1);
  EXPECT_EQ(page.Value("mosquitto_publishes_sent_total", {{"qos", "0"}}), 0);
  EXPECT_EQ(page.Value("mosquitto_payload_sent_bytes_total"), 12);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
