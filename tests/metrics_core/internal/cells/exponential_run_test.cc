#include "metrics_core/internal/cells/exponential_run.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "metrics_core/internal/cells/exponential_reading.h"
#include "metrics_core/reading/exponential_scale.h"
#include "tests/metrics_core/internal/cells/exponential_run_fixture.h"

namespace streamhouse::metrics::internal {

namespace {

TEST(ExponentialRunTest, OneValueIsKnownAtTheHighestResolution) {
  const auto run = std::make_unique<RunCells>();
  Observe(*run, 1.5);
  const ExponentialReading reading = Read({run.get()});
  EXPECT_EQ(reading.schema, kMaxExponentialSchema);
  EXPECT_EQ(BucketsOf(reading), Expected({1.5}, kMaxExponentialSchema));
  EXPECT_EQ(reading.sum, 1.5);
}

TEST(ExponentialRunTest, MakingRoomLosesNoCountAndMisplacesNone) {
  std::mt19937_64 random(1);
  for (const double spread : {0.01, 1.0, 10.0, 100.0}) {
    std::lognormal_distribution<double> distribution(0, spread);
    const auto run = std::make_unique<RunCells>();
    std::vector<double> values;
    for (int i = 0; i < 500; ++i) {
      values.push_back(distribution(random));
      Observe(*run, values.back());
      if (i % 50 != 0) continue;
      const ExponentialReading reading = Read({run.get()});
      ASSERT_EQ(reading.count, values.size());
      ASSERT_EQ(BucketsOf(reading), Expected(values, reading.schema)) << spread;
    }
  }
}

TEST(ExponentialRunTest, TheWidestValuesHaveRoom) {
  const auto run = std::make_unique<RunCells>();
  const std::vector<double> values = {0x1p-128, 1.7e308, 1.0, 5e-30};
  for (const double value : values) Observe(*run, value);
  const ExponentialReading reading = Read({run.get()});
  EXPECT_EQ(reading.count, values.size());
  EXPECT_EQ(BucketsOf(reading), Expected(values, reading.schema));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
