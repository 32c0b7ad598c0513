#include "agent/lag/optional_series.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::agent {
namespace {

class OptionalSeriesTest : public testing::Test {
 protected:
  std::optional<double> Value() {
    return metrics::testing::MetricReader(registry_).Value("size", {{"topic", "orders"}});
  }

  metrics::Registry registry_;
  const metrics::Family<metrics::Gauge, 1> family_ =
      registry_.AddGauge({.name = "size", .help = "S"}, metrics::Labels{"topic"}).value();
  const std::array<std::string, 1> labels_ = {"orders"};
};

TEST_F(OptionalSeriesTest, IsOnThePageWhileItsValueIsKnown) {
  OptionalGauge<1> series(family_, labels_);
  EXPECT_EQ(Value(), std::nullopt);
  series.Show(Signed(std::uint64_t{0}));
  EXPECT_EQ(Value(), 0);
  series.Show(std::optional<std::int64_t>());
  EXPECT_EQ(Value(), std::nullopt);
  series.Show(Signed(std::uint64_t{3}));
  EXPECT_EQ(Value(), 3);
}

TEST_F(OptionalSeriesTest, LeavesThePageWithItsObject) {
  {
    OptionalGauge<1> series(family_, labels_);
    series.Show(Signed(std::uint64_t{3}));
    EXPECT_EQ(Value(), 3);
  }
  EXPECT_EQ(Value(), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::agent
