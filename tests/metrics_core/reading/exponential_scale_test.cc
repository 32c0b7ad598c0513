#include "metrics_core/reading/exponential_scale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace streamhouse::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::int32_t IndexAt(double value, int schema) {
  return ReduceExponentialIndex(ExponentialIndex(value), kMaxExponentialSchema - schema);
}

// One of the 511 bounds in [0.5, 1) that Prometheus' own tables list.
struct TableBound {
  int schema;
  std::int32_t index;
  double value;
};

std::vector<TableBound> ReadTable() {
  std::ifstream file("tests/metrics_core/reading/testdata/native_histogram_bounds.tsv");
  std::vector<TableBound> bounds;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    TableBound bound;
    std::string decimal;
    std::string hexadecimal;
    std::istringstream(line) >> bound.schema >> bound.index >> decimal >> hexadecimal;
    bound.value = std::strtod(hexadecimal.c_str(), nullptr);
    bounds.push_back(bound);
  }
  return bounds;
}

// What client_golang does: a search in the table of the schema.
std::int32_t ReferenceIndex(double value, int schema, const std::vector<double>& table) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  if (schema > 0) {
    const auto found = std::lower_bound(table.begin(), table.end(), fraction) - table.begin();
    return static_cast<std::int32_t>(found) + (exponent - 1) * (1 << schema);
  }
  const std::int32_t key = fraction == 0.5 ? exponent - 1 : exponent;
  return (key + (1 << -schema) - 1) >> -schema;
}

TEST(ExponentialScaleTest, EachTableBoundIsTheLargestValueOfItsBucket) {
  const std::vector<TableBound> table = ReadTable();
  ASSERT_EQ(table.size(), 511U);
  for (const TableBound& bound : table) {
    const std::int32_t index = bound.index - (1 << bound.schema);  // the table is of the power of two below 1
    EXPECT_EQ(IndexAt(std::nextafter(bound.value, 0), bound.schema), index) << bound.value;
    EXPECT_EQ(IndexAt(bound.value, bound.schema), index) << bound.value;
    EXPECT_EQ(IndexAt(std::nextafter(bound.value, kInfinity), bound.schema), index + 1) << bound.value;
    EXPECT_EQ(ExponentialUpperBound(index, bound.schema), bound.value);
  }
}

TEST(ExponentialScaleTest, AgreesWithASearchInTheTableForAMillionRandomDoubles) {
  std::vector<std::vector<double>> tables(kMaxExponentialSchema + 1);
  for (const TableBound& bound : ReadTable()) tables[static_cast<std::size_t>(bound.schema)].push_back(bound.value);
  std::mt19937_64 random(1);
  for (int i = 0; i < 1'000'000; ++i) {
    const double value = std::bit_cast<double>(random() & 0x7FFF'FFFF'FFFF'FFFFU);
    if (!std::isfinite(value) || value == 0) continue;
    const int schema = kMinExponentialSchema + i % (kMaxExponentialSchema - kMinExponentialSchema + 1);
    const std::int32_t expected = ReferenceIndex(value, schema, tables[static_cast<std::size_t>(std::max(schema, 0))]);
    ASSERT_EQ(IndexAt(value, schema), expected) << value << " at schema " << schema;
  }
}

TEST(ExponentialScaleTest, KnowsSubnormalsAndTheLargestDouble) {
  EXPECT_EQ(IndexAt(std::numeric_limits<double>::denorm_min(), 0), -1074);
  EXPECT_EQ(IndexAt(std::numeric_limits<double>::min(), 0), -1022);
  EXPECT_EQ(IndexAt(std::numeric_limits<double>::max(), 0), 1024);
  EXPECT_EQ(IndexAt(std::numeric_limits<double>::max(), kMinExponentialSchema), 64);
}

TEST(ExponentialScaleTest, PutsAPowerOfTwoIntoTheBucketThatItCloses) {
  for (int schema = 0; schema <= kMaxExponentialSchema; ++schema) {
    EXPECT_EQ(IndexAt(1, schema), 0);
    EXPECT_EQ(IndexAt(4, schema), 2 << schema);
    EXPECT_EQ(ExponentialUpperBound(2 << schema, schema), 4);
  }
}

TEST(ExponentialScaleTest, ReducingInStepsIsReducingAtOnce) {
  for (std::int32_t index = -3000; index < 3000; ++index) {
    EXPECT_EQ(ReduceExponentialIndex(ReduceExponentialIndex(index, 3), 4), ReduceExponentialIndex(index, 7));
  }
}

TEST(ExponentialScaleTest, TheLastBucketEndsAtTheLargestDouble) {
  EXPECT_EQ(ExponentialUpperBound(1024, 0), std::numeric_limits<double>::max());
  EXPECT_EQ(ExponentialUpperBound(64, kMinExponentialSchema), std::numeric_limits<double>::max());
  EXPECT_EQ(ExponentialUpperBound(1024 << 8, kMaxExponentialSchema), std::numeric_limits<double>::max());
}

}  // namespace
}  // namespace streamhouse::metrics
