#include "metrics_core/internal/cells/exponential_run.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics::internal {
namespace {

using RunCells = std::array<Cell, kExponentialRunCells>;

// As the owner of the run does.
void Observe(RunCells& run, double value) {
  const std::int32_t index = ExponentialIndex(value);
  ExponentialLayout layout(run[kLayoutCell].load(std::memory_order_relaxed));
  if (layout.PositionOf(index) >= kExponentialBuckets) layout = MakeRoom(run.data(), index);
  AddOwned(run[layout.window() + layout.PositionOf(index)], std::uint64_t{1}, std::memory_order_release);
  AddOwned(run[kSumCell], value, std::memory_order_release);
  AddOwned(run[kCountCell], std::uint64_t{1}, std::memory_order_release);
}

ExponentialReading Read(const std::vector<const RunCells*>& runs) {
  ExponentialReading reading;
  for (const RunCells* const run : runs) reading.Add(run->data());
  return reading;
}

// What the buckets of a reading have to be, from the values themselves.
std::map<std::int32_t, std::uint64_t> Expected(const std::vector<double>& values, int schema) {
  std::map<std::int32_t, std::uint64_t> buckets;
  for (const double value : values) {
    ++buckets[ReduceExponentialIndex(ExponentialIndex(value), kMaxExponentialSchema - schema)];
  }
  return buckets;
}

std::map<std::int32_t, std::uint64_t> BucketsOf(const ExponentialReading& reading) {
  std::map<std::int32_t, std::uint64_t> buckets;
  for (std::size_t i = 0; i < reading.buckets.size(); ++i) {
    if (reading.buckets[i] != 0) buckets[reading.first_index + static_cast<std::int32_t>(i)] = reading.buckets[i];
  }
  return buckets;
}

TEST(ExponentialLayoutTest, KeepsWhatItWasMadeOf) {
  for (const std::int32_t first_index : {-280'000, -1, 0, 1, 280'000}) {
    const auto layout = ExponentialLayout::Make(200, kSecondWindowCell, 12, first_index);
    EXPECT_EQ(layout.generation(), 200U);
    EXPECT_EQ(layout.window(), kSecondWindowCell);
    EXPECT_EQ(layout.schema(), kMaxExponentialSchema - 12);
    EXPECT_EQ(layout.first_index(), first_index);
    EXPECT_EQ(ExponentialLayout(layout.bits()).bits(), layout.bits());
  }
}

TEST(ExponentialLayoutTest, OneThatWasNeverWrittenHasRoomForNothing) {
  EXPECT_FALSE(ExponentialLayout().has_window());
  for (const double value : {5e-324, 1e-300, 1.0, 1e300}) {
    EXPECT_GE(ExponentialLayout().PositionOf(ExponentialIndex(value)), kExponentialBuckets);
  }
}

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

TEST(ExponentialRunTest, ThreadsOfDifferentResolutionAddUpAtTheCoarsest) {
  const auto fine = std::make_unique<RunCells>();
  const auto coarse = std::make_unique<RunCells>();
  Observe(*fine, 1.01);
  Observe(*fine, 1.02);
  Observe(*coarse, 1e-20);
  Observe(*coarse, 1e20);
  const ExponentialReading one_way = Read({fine.get(), coarse.get()});
  const ExponentialReading other_way = Read({coarse.get(), fine.get()});
  EXPECT_EQ(BucketsOf(one_way), Expected({1.01, 1.02, 1e-20, 1e20}, one_way.schema));
  EXPECT_EQ(BucketsOf(one_way), BucketsOf(other_way));
  EXPECT_EQ(one_way.count, 4U);
}

TEST(ExponentialRunTest, ShrinkGivesUpResolutionUntilTheBucketsFit) {
  const auto low = std::make_unique<RunCells>();
  const auto high = std::make_unique<RunCells>();
  Observe(*low, 1e-9);
  Observe(*high, 1e9);
  ExponentialReading reading = Read({low.get(), high.get()});
  reading.Shrink();
  EXPECT_LE(reading.buckets.size(), kExponentialBuckets);
  EXPECT_EQ(BucketsOf(reading), Expected({1e-9, 1e9}, reading.schema));
}

TEST(ExponentialRunTest, ZerosAreCountedBesideTheBuckets) {
  const auto run = std::make_unique<RunCells>();
  OpenWindow(run->data());
  AddOwned((*run)[kZeroCell], std::uint64_t{2}, std::memory_order_release);
  AddOwned((*run)[kCountCell], std::uint64_t{2}, std::memory_order_release);
  Observe(*run, 1.0);
  const ExponentialReading reading = Read({run.get()});
  EXPECT_EQ(reading.zero_count, 2U);
  EXPECT_EQ(reading.count, 3U);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
