#include "integrations/mosquitto/client_set.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <vector>

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

// The method: more clients than the set has recent places for come and go at random. A new one has
// the address of one that left, and the set is compared with a plain one.
TEST_F(ClientSetTest, ManyClientsComeAndGoAtTheAddressesOfOthers) {
  constexpr std::size_t kAddresses = 1'000;
  const std::vector<std::uint64_t> addresses(kAddresses);
  std::set<const void*> expected;
  std::mt19937 random(7);
  for (int step = 0; step < 20'000; ++step) {
    const void* const client = &addresses[random() % kAddresses];
    if (random() % 3 == 0) {
      clients_.Remove(client);
      expected.erase(client);
    } else {
      ASSERT_EQ(clients_.Add(client), expected.insert(client).second) << step;
    }
  }
  EXPECT_GT(expected.size(), kAddresses / 2);
  EXPECT_EQ(Size(), static_cast<double>(expected.size()));
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
