#include "metrics_core/internal/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace streamhouse::metrics::internal {

std::optional<Decimal> Decimal::Of(double value) {
  // Always of the form d.ddde-dd.
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  const std::string_view shortest(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  const std::size_t e = shortest.find('e');
  if (e == std::string_view::npos) return std::nullopt;
  Int128 digits = 0;
  int exponent = 0;
  const std::size_t sign = shortest[e + 1] == '+' ? 1 : 0;
  std::from_chars(shortest.data() + e + 1 + sign, shortest.data() + shortest.size(), exponent);
  bool is_behind_point = false;
  for (const char c : shortest.substr(0, e)) {
    if (c == '.') is_behind_point = true;
    if (c < '0' || c > '9') continue;
    digits = digits * 10 + (c - '0');
    if (is_behind_point) --exponent;
  }
  return Decimal(value < 0 ? -digits : digits, exponent);
}

std::optional<Decimal> operator+(const Decimal& a, const Decimal& b) {
  const Decimal& coarse = a.exponent_ >= b.exponent_ ? a : b;
  const Decimal& fine = a.exponent_ >= b.exponent_ ? b : a;
  Int128 digits = coarse.digits_;
  for (int exponent = coarse.exponent_; exponent > fine.exponent_; --exponent) {
    if (__builtin_mul_overflow(digits, Int128{10}, &digits)) return std::nullopt;
  }
  if (__builtin_add_overflow(digits, fine.digits_, &digits)) return std::nullopt;
  return Decimal(digits, fine.exponent_);
}

std::optional<Decimal> operator*(const Decimal& a, const Decimal& b) {
  Int128 digits = 0;
  if (__builtin_mul_overflow(a.digits_, b.digits_, &digits)) return std::nullopt;
  int exponent = a.exponent_ + b.exponent_;
  for (; digits != 0 && digits % 10 == 0; digits /= 10) ++exponent;
  return Decimal(digits, exponent);
}

double Decimal::AsDouble() const {
  std::string text;
  for (Int128 left = digits_ < 0 ? -digits_ : digits_; left != 0; left /= 10) {
    text += static_cast<char>('0' + static_cast<int>(left % 10));
  }
  if (text.empty()) text = "0";
  if (digits_ < 0) text += '-';
  std::reverse(text.begin(), text.end());
  text += "e" + std::to_string(exponent_);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc::result_out_of_range && exponent_ > 0) return std::numeric_limits<double>::infinity();
  return value;
}

}  // namespace streamhouse::metrics::internal
