#include "metrics_core/internal/family_access.h"

#include <array>
#include <string_view>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics::internal {
namespace {

using Values = std::array<std::string_view, 1>;
constexpr Values kOrders = {"orders"};

class FamilyAccessTest : public testing::Test {
 protected:
  static MetricOptions Options(const char* name) { return {.name = name, .help = "Help", .labels = {"topic"}}; }

  Registry registry_;
};

TEST_F(FamilyAccessTest, ALookUpFindsTheSeriesOfTheFamily) {
  const Family<Counter> family = registry_.AddCounter(Options("a_total")).value();
  FamilyAccess::Lookup<Counter>(*FamilyAccess::CoreOf(family), kOrders)->Increment();
  family.With("orders").Increment();
  EXPECT_EQ(Page(registry_), "a_total{topic=\"orders\"} 2\n");
}

TEST_F(FamilyAccessTest, ACallbackIsOnThePageUntilItsTokenGoes) {
  const CallbackFamily family = registry_.AddCallbackGauge(Options("a")).value();
  EXPECT_EQ(FamilyAccess::InfoOf(family).name, "a");
  const auto read = [] { return 1.0; };
  auto token = FamilyAccess::Add(family, read, 0, kOrders);
  EXPECT_EQ(Page(registry_), "a{topic=\"orders\"} 1\n");
  token.reset();
  EXPECT_EQ(Page(registry_), "");
}

TEST_F(FamilyAccessTest, ACallbackWithAnotherNumberOfValuesIsRefused) {
  const CallbackFamily family = registry_.AddCallbackGauge(Options("a")).value();
  const auto read = [] { return 1.0; };
  EXPECT_FALSE(FamilyAccess::Add(family, read, 0, {}).has_value());
}

TEST_F(FamilyAccessTest, ACallbackOfManySeriesNamesThem) {
  const CallbackFamily family = registry_.AddCallbackGauge(Options("a")).value();
  const auto read = [](CallbackSamples& to) { to.Add(2.0, kOrders); };
  const auto token = FamilyAccess::AddMany(family, read, 0);
  EXPECT_EQ(Page(registry_), "a{topic=\"orders\"} 2\n");
}

}  // namespace
}  // namespace streamhouse::metrics::internal
