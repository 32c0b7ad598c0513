#include "metrics_core/internal/decimal.h"

#include <limits>
#include <optional>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

std::optional<double> Sum(double a, double b) {
  const auto sum = *Decimal::Of(a) + *Decimal::Of(b);
  return sum ? std::optional(sum->AsDouble()) : std::nullopt;
}

std::optional<double> Product(double a, double b) {
  const auto product = *Decimal::Of(a) * *Decimal::Of(b);
  return product ? std::optional(product->AsDouble()) : std::nullopt;
}

TEST(DecimalTest, ReadsBackEveryDouble) {
  for (const double value : {0.0, 1.0, -0.1, 0.3, 123456.789, 1e22, 5e-324, 1.7976931348623157e308, 1.0 / 3}) {
    EXPECT_EQ(Decimal::Of(value)->AsDouble(), value);
  }
  EXPECT_FALSE(Decimal::Of(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(Decimal::Of(std::numeric_limits<double>::quiet_NaN()));
}

TEST(DecimalTest, CalculatesAsOnPaper) {
  EXPECT_EQ(Sum(0.1, 0.2), 0.3);
  EXPECT_EQ(Sum(-0.3, 0.1), -0.2);
  EXPECT_EQ(Sum(1000, 0.001), 1000.001);
  EXPECT_EQ(Product(0.1, 3), 0.3);
  EXPECT_EQ(Product(1.1, 1.1), 1.21);
  EXPECT_EQ(Decimal::OfInteger(-70).AsDouble(), -70);
}

TEST(DecimalTest, IsEmptyWhereTheDigitsDoNotSuffice) {
  EXPECT_FALSE(Sum(1e300, 1));
  EXPECT_FALSE((*Decimal::Of(1.0 / 3) * *Decimal::Of(1.0 / 3)).value() * *Decimal::Of(1.0 / 3));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
