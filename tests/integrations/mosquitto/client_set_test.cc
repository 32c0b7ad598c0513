#include "integrations/mosquitto/client_set.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

class ClientSetTest : public ::testing::Test {
 protected:
  std::optional<double> Size() { return metrics::testing::MetricReader(registry_).Value("clients"); }

  metrics::Registry registry_;
  ClientSet clients_{registry_.AddGauge({.name = "clients", .help = "Clients"})->With()};
  const int a_ = 0;
  const int b_ = 0;
};

TEST_F(ClientSetTest, AClientIsInItOnce) {
  EXPECT_TRUE(clients_.Add(&a_));
  EXPECT_FALSE(clients_.Add(&a_));
  EXPECT_TRUE(clients_.Add(&b_));
  EXPECT_FALSE(clients_.Add(&a_));
  EXPECT_EQ(Size(), 2);
}

TEST_F(ClientSetTest, AClientThatLeavesTwiceLeavesOnce) {
  clients_.Add(&a_);
  clients_.Add(&b_);
  clients_.Remove(&a_);
  clients_.Remove(&a_);
  EXPECT_EQ(Size(), 1);
  clients_.Remove(&b_);
  EXPECT_EQ(Size(), 0);
}

TEST_F(ClientSetTest, AClientThatWasNeverInItDoesNotLeave) {
  clients_.Remove(&a_);
  EXPECT_EQ(Size(), 0);
}

TEST_F(ClientSetTest, AClientAtTheAddressOfOneThatLeftIsANewOne) {
  clients_.Add(&a_);
  clients_.Remove(&a_);
  EXPECT_TRUE(clients_.Add(&a_));
  EXPECT_EQ(Size(), 1);
}

TEST_F(ClientSetTest, NoClientIsNone) {
  EXPECT_FALSE(clients_.Add(nullptr));
  EXPECT_EQ(Size(), 0);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
