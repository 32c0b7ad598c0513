// Decimal: a decimal fraction such as 0.1, exactly, for arithmetic that people do on paper.
//
// Guarantees:
// 1. A double that was written as a short decimal is that decimal.
// 2. Sums and products of Decimals are exact until they need more than 38 digits; then they are
//    empty.
// Thread safety: a value.
// Cost: set-up.
#pragma once

#include <cstdint>
#include <optional>

#include "metrics_core/internal/int128.h"

namespace streamhouse::metrics::internal {

class Decimal {
 public:
  // The shortest decimal that reads back as this finite double; nothing where it is out of range.
  static std::optional<Decimal> Of(double value);
  static Decimal OfInteger(std::int64_t value) { return Decimal(value, 0); }

  friend std::optional<Decimal> operator+(const Decimal& a, const Decimal& b);
  friend std::optional<Decimal> operator*(const Decimal& a, const Decimal& b);

  // The nearest double.
  double AsDouble() const;

 private:
  Decimal(Int128 digits, int exponent) : digits_(digits), exponent_(exponent) {}

  // digits * 10^exponent
  Int128 digits_;
  int exponent_;
};

}  // namespace streamhouse::metrics::internal
