#include "metrics_core/internal/cells/bucket_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

using Limits = std::numeric_limits<double>;
constexpr double kInfinity = Limits::infinity();

// The definition, taken at its word.
std::uint32_t LinearSearch(const std::vector<double>& bounds, double value) {
  std::uint32_t bucket = 0;
  while (bucket < bounds.size() && !(value <= bounds[bucket])) ++bucket;
  return bucket;
}

// The values at which a wrong search fails: the bounds, one ulp and half an octave to each side of
// them. Also the ends and the middle of the line.
std::vector<double> HardValuesFor(const std::vector<double>& bounds) {
  std::vector<double> values = {-kInfinity,
                                Limits::lowest(),
                                -1,
                                -Limits::min(),
                                -Limits::denorm_min(),
                                -0.0,
                                0.0,
                                Limits::denorm_min(),
                                Limits::min(),
                                1,
                                Limits::max(),
                                kInfinity};
  for (const double bound : bounds) {
    for (const double value : {bound, bound * 0.7, bound * 1.4, bound * 0.999, bound * 1.001, -bound}) {
      values.insert(values.end(), {value, std::nextafter(value, -kInfinity), std::nextafter(value, kInfinity)});
    }
  }
  return values;
}

void ExpectAgreesWithALinearSearch(const std::vector<double>& bounds) {
  const BucketTable& table = *BucketTable::Intern(bounds);
  ASSERT_EQ(table.bucket_count(), bounds.size() + 1);
  for (const double value : HardValuesFor(bounds)) {
    ASSERT_EQ(table.Locate(value), LinearSearch(bounds, value)) << value << " among " << bounds.size() << " bounds";
  }
}

std::uint32_t LinearSearchOfTicks(const std::vector<double>& bounds, std::uint64_t ticks) {
  std::uint32_t bucket = 0;
  while (bucket < bounds.size() && ticks > static_cast<std::uint64_t>(bounds[bucket])) ++bucket;
  return bucket;
}

// The bounds, their powers of two and the ends, each with its neighbours.
void ExpectAgreesOnTicks(const std::vector<double>& bounds) {
  const BucketTable& table = *BucketTable::Intern(bounds, Recorded::kTicks);
  ASSERT_EQ(table.bucket_count(), bounds.size() + 1);
  std::vector<std::uint64_t> values = {0, 1, 2, 3, (std::uint64_t{1} << 63) - 1};
  for (int bit = 0; bit < 63; ++bit) values.push_back(std::uint64_t{1} << bit);
  for (const double bound : bounds) {
    for (const double value : {bound, bound * 0.7, bound * 1.4}) values.push_back(static_cast<std::uint64_t>(value));
  }
  for (const std::uint64_t value : values) {
    for (const std::uint64_t ticks :
         {value == 0 ? 0 : value - 1, value, value == (std::uint64_t{1} << 63) - 1 ? value : value + 1}) {
      ASSERT_EQ(table.LocateTicks(ticks), LinearSearchOfTicks(bounds, ticks)) << ticks << " among " << bounds.size();
    }
  }
}

std::vector<double> Distinct(std::vector<double> bounds) {
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  return bounds;
}

// Any finite double with the same chance: most are very large or very small.
double AnyFinite(std::mt19937_64& random) {
  const auto value = std::bit_cast<double>(random());
  return std::isfinite(value) ? value : AnyFinite(random);
}

TEST(BucketTableTest, WithoutBoundsEverythingIsInOneBucket) {
  ExpectAgreesWithALinearSearch({});
  constexpr BucketTable kNone;
  EXPECT_EQ(kNone.bucket_count(), 1U);
  EXPECT_EQ(kNone.Locate(kInfinity), 0U);
}

TEST(BucketTableTest, AgreesWithALinearSearchOnUsualBounds) {
  ExpectAgreesWithALinearSearch({1});
  ExpectAgreesWithALinearSearch({0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10});
  ExpectAgreesWithALinearSearch({1e3, 1e6, 1e9, 1e12, 1e15, 9007199254740991});
}

TEST(BucketTableTest, AgreesWithALinearSearchAroundZero) {
  for (const double zero : {0.0, -0.0}) {
    ExpectAgreesWithALinearSearch({zero});
    ExpectAgreesWithALinearSearch({zero, Limits::denorm_min(), Limits::min(), 1});
    ExpectAgreesWithALinearSearch({-1, zero, 1});
    ExpectAgreesWithALinearSearch({-Limits::denorm_min(), zero, Limits::denorm_min()});
  }
}

TEST(BucketTableTest, AgreesWithALinearSearchOnNegativeBounds) {
  ExpectAgreesWithALinearSearch({-3, -2, -1});
  ExpectAgreesWithALinearSearch({Limits::lowest(), -1e-300, 1e-300, Limits::max()});
}

TEST(BucketTableTest, AgreesWithALinearSearchOnDenormals) {
  std::vector<double> bounds;
  for (int i = 1; i <= 256; ++i) bounds.push_back(i * Limits::denorm_min());
  ExpectAgreesWithALinearSearch(bounds);
  ExpectAgreesWithALinearSearch({Limits::denorm_min(), Limits::min() / 2, Limits::min()});
}

TEST(BucketTableTest, AgreesWithALinearSearchAtTheEndsOfTheLine) {
  ExpectAgreesWithALinearSearch({Limits::max()});
  ExpectAgreesWithALinearSearch({std::nextafter(Limits::max(), 0), Limits::max()});
  ExpectAgreesWithALinearSearch({Limits::denorm_min(), Limits::max()});
}

TEST(BucketTableTest, AgreesWithALinearSearchOnBoundsOneUlpApart) {
  for (const double start : {1.0, 0.1, 1e-310, 1e300}) {
    std::vector<double> bounds = {start};
    while (bounds.size() < 256) bounds.push_back(std::nextafter(bounds.back(), kInfinity));
    ExpectAgreesWithALinearSearch(bounds);
  }
}

// Where two bounds share a cell of a coarse table and not of a finer one, and where no table is
// fine enough.
TEST(BucketTableTest, AgreesWithALinearSearchHoweverDenseTheBoundsAre) {
  for (int bits = 1; bits <= 14; ++bits) {
    const double step = std::ldexp(1, -bits);
    ExpectAgreesWithALinearSearch({1, 1 + step, 1 + 2 * step, 1024});
    ExpectAgreesWithALinearSearch({std::nextafter(2.0, 0), 2, 2 + 2 * step});
  }
}

TEST(BucketTableTest, AgreesWithALinearSearchOn256EvenBounds) {
  for (const double width : {1.0, 0.1, 1e-9}) {
    std::vector<double> bounds;
    for (int i = 0; i < 256; ++i) bounds.push_back(i * width);
    ExpectAgreesWithALinearSearch(bounds);
  }
}

TEST(BucketTableTest, AgreesWithALinearSearchOnRandomBounds) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> bounds(1 + random() % 256);
    const bool all_positive = round % 2 == 0;
    for (double& bound : bounds) bound = all_positive ? std::abs(AnyFinite(random)) : AnyFinite(random);
    ExpectAgreesWithALinearSearch(Distinct(bounds));
  }
}

TEST(BucketTableTest, AgreesWithALinearSearchOnRandomBoundsOfOneMagnitude) {
  std::mt19937_64 random(2);
  std::lognormal_distribution<double> latency(-7, 2);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> bounds(1 + random() % 64);
    for (double& bound : bounds) bound = latency(random);
    bounds = Distinct(bounds);
    ExpectAgreesWithALinearSearch(bounds);
    const BucketTable& table = *BucketTable::Intern(bounds);
    for (int i = 0; i < 100; ++i) {
      const double value = latency(random);
      ASSERT_EQ(table.Locate(value), LinearSearch(bounds, value));
    }
  }
}

TEST(BucketTableTest, AgreesWithALinearSearchOfTicks) {
  ExpectAgreesOnTicks({});
  ExpectAgreesOnTicks({0});
  ExpectAgreesOnTicks({0, 1, 2, 3});
  ExpectAgreesOnTicks({1});
  ExpectAgreesOnTicks({5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 1e9});
  ExpectAgreesOnTicks({9007199254740990, 9007199254740991});
}

TEST(BucketTableTest, AgreesWithALinearSearchOfTicksHoweverDenseTheBoundsAre) {
  for (int bits = 1; bits <= 16; ++bits) {
    const double step = std::ldexp(1, 40 - bits);
    ExpectAgreesOnTicks({std::ldexp(1, 40), std::ldexp(1, 40) + step, std::ldexp(1, 40) + 2 * step, std::ldexp(1, 50)});
  }
  std::vector<double> even;
  for (int i = 0; i < 256; ++i) even.push_back(i * 10);
  ExpectAgreesOnTicks(even);
}

TEST(BucketTableTest, AgreesWithALinearSearchOfTicksOnRandomBounds) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> bounds(1 + random() % 256);
    for (double& bound : bounds) bound = static_cast<double>(random() >> (11 + random() % 53));
    ExpectAgreesOnTicks(Distinct(bounds));
  }
}

TEST(BucketTableTest, UsualTicksNeedNoHalving) {
  EXPECT_TRUE(BucketTable::Intern(std::vector<double>{0, 1, 10, 11, 12, 1000}, Recorded::kTicks)->has_octaves());
  // Two bounds in each of the narrowest cells.
  const std::vector<double> dense = {std::ldexp(1, 40), std::ldexp(1, 40) + 1};
  EXPECT_FALSE(BucketTable::Intern(dense, Recorded::kTicks)->has_octaves());
}

TEST(BucketTableTest, EqualBoundsShareATable) {
  const std::vector<double> bounds = {1, 2, 3};
  EXPECT_NE(BucketTable::Intern(bounds), BucketTable::Intern(bounds, Recorded::kTicks));
  EXPECT_EQ(BucketTable::Intern(bounds), BucketTable::Intern(std::vector<double>{1, 2, 3}));
  EXPECT_NE(BucketTable::Intern(bounds), BucketTable::Intern(std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
