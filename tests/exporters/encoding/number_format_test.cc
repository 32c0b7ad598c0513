#include "exporters/encoding/number_format.h"

#include <gtest/gtest.h>

#include <bit>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <utility>

#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string Text(double value) {
  char number[kNumberBytesMax];
  return {number, WriteTextDouble(number, value)};
}

std::string OpenMetrics(double value) {
  char number[kNumberBytesMax];
  return {number, WriteOpenMetricsDouble(number, value)};
}

template <typename Integer>
std::string Whole(Integer value) {
  char number[kNumberBytesMax];
  return {number, WriteInteger(number, value)};
}

std::string Seconds(std::int64_t unix_milliseconds) {
  char number[kNumberBytesMax];
  return {number, WriteUnixSeconds(number, unix_milliseconds)};
}

TEST(NumberFormatTest, PrintsEveryIntegerAsTheStandardLibraryDoes) {
  for (std::uint64_t number = 0; number < 200'000; ++number) ASSERT_EQ(Whole(number), std::to_string(number));
  // Around each power of ten, and of two, up to the largest number.
  for (std::uint64_t power = 1; power < UINT64_MAX / 10; power *= 10) {
    for (const std::uint64_t number : {power - 1, power, power + 1, 9 * power, 10 * power - 1}) {
      ASSERT_EQ(Whole(number), std::to_string(number));
      ASSERT_EQ(Whole(-static_cast<std::int64_t>(number)), std::to_string(-static_cast<std::int64_t>(number)));
    }
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t number = random() >> random() % 64;
    ASSERT_EQ(Whole(number), std::to_string(number));
  }
  EXPECT_EQ(Whole(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(Whole(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(Whole(-7), "-7");
}

TEST(NumberFormatTest, SpellsTheSpecialNumbers) {
  EXPECT_EQ(Text(kNan), "NaN");
  EXPECT_EQ(Text(-kNan), "NaN");
  EXPECT_EQ(Text(kInfinity), "+Inf");
  EXPECT_EQ(Text(-kInfinity), "-Inf");
  EXPECT_EQ(OpenMetrics(kNan), "NaN");
  EXPECT_EQ(OpenMetrics(kInfinity), "+Inf");
  EXPECT_EQ(OpenMetrics(-kInfinity), "-Inf");
}

TEST(NumberFormatTest, PrintsZerosWithoutASign) {
  EXPECT_EQ(Text(0), "0");
  EXPECT_EQ(Text(-0.0), "0");
  EXPECT_EQ(OpenMetrics(0), "0.0");
  EXPECT_EQ(OpenMetrics(-0.0), "0.0");
}

TEST(NumberFormatTest, LaysTextOutAsGoDoes) {
  EXPECT_EQ(Text(1), "1");
  EXPECT_EQ(Text(-1), "-1");
  EXPECT_EQ(Text(1.5), "1.5");
  EXPECT_EQ(Text(100), "100");
  EXPECT_EQ(Text(100000), "100000");
  EXPECT_EQ(Text(123456.5), "123456.5");
  EXPECT_EQ(Text(999999.5), "999999.5");
  EXPECT_EQ(Text(1e6), "1e+06");
  EXPECT_EQ(Text(1234567), "1.234567e+06");
  EXPECT_EQ(Text(1795457425.4254007), "1.7954574254254007e+09");
  EXPECT_EQ(Text(1e100), "1e+100");
  EXPECT_EQ(Text(0.1), "0.1");
  EXPECT_EQ(Text(0.0001), "0.0001");
  EXPECT_EQ(Text(0.000125), "0.000125");
  EXPECT_EQ(Text(0.00001), "1e-05");
  EXPECT_EQ(Text(-1.5e-7), "-1.5e-07");
}

TEST(NumberFormatTest, PrintsTheCanonicalNumbersOfOpenMetrics) {
  const std::pair<double, const char*> canonical[] = {
      {0, "0.0"},      {0.001, "0.001"}, {0.01, "0.01"},   {0.1, "0.1"},      {0.9, "0.9"},   {0.95, "0.95"},
      {0.99, "0.99"},  {0.999, "0.999"}, {1, "1.0"},       {1.7, "1.7"},      {10, "10.0"},   {1e-10, "1e-10"},
      {1e-9, "1e-09"}, {1e-5, "1e-05"},  {1e-4, "0.0001"}, {1e5, "100000.0"}, {1e6, "1e+06"}, {1e10, "1e+10"},
  };
  for (const auto& [value, text] : canonical) EXPECT_EQ(OpenMetrics(value), text);
}

TEST(NumberFormatTest, PrintsTheExtremes) {
  EXPECT_EQ(Text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(Text(std::numeric_limits<double>::min()), "2.2250738585072014e-308");
  EXPECT_EQ(Text(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(Text(std::numeric_limits<double>::lowest()), "-1.7976931348623157e+308");
  EXPECT_EQ(Whole(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(Whole(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(Whole(std::uint64_t{0}), "0");
}

TEST(NumberFormatTest, ReadsBackAsTheSameNumber) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (value != value || value == 0) continue;
    ASSERT_EQ(std::strtod(Text(value).c_str(), nullptr), value);
    ASSERT_EQ(std::strtod(OpenMetrics(value).c_str(), nullptr), value);
  }
}

TEST(NumberFormatTest, KeepsWithinItsBytesMax) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_LE(OpenMetrics(std::bit_cast<double>(random())).size(), kNumberBytesMax);
  }
}

TEST(NumberFormatTest, KnowsNoDecimalComma) {
  // Made here, as a machine need not have any locale but "C".
  ASSERT_EQ(RunCommand("localedef -i de_DE -f UTF-8 " + TemporaryPath("de_DE.UTF-8")).exit_code, 0);
  setenv("LOCPATH", TemporaryPath("").c_str(), 1);
  ASSERT_NE(std::setlocale(LC_ALL, "de_DE.UTF-8"), nullptr);
  ASSERT_STREQ(std::localeconv()->decimal_point, ",");
  EXPECT_EQ(Text(1.5), "1.5");
  EXPECT_EQ(OpenMetrics(1234567.25), "1.23456725e+06");
  EXPECT_EQ(Whole(1234567), "1234567");
  std::setlocale(LC_ALL, "C");
}

TEST(NumberFormatTest, WritesTimesInSecondsWithThreeDecimals) {
  EXPECT_EQ(Seconds(0), "0.000");
  EXPECT_EQ(Seconds(7), "0.007");
  EXPECT_EQ(Seconds(1'700'000'000'250), "1700000000.250");
  EXPECT_EQ(Seconds(-1'500), "-1.500");
  EXPECT_EQ(Seconds(std::numeric_limits<std::int64_t>::max()), "9223372036854775.807");
  EXPECT_EQ(Seconds(std::numeric_limits<std::int64_t>::min()), "-9223372036854775.808");
}

}  // namespace
}  // namespace streamhouse::exporters
