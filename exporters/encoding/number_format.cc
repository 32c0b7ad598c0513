#include "exporters/encoding/number_format.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

namespace streamhouse::exporters {
namespace {

// Go's bounds for the notation without an exponent.
constexpr int kExponentMin = -4;
constexpr int kExponentEnd = 6;

char* Put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* PutZeros(char* out, int count) {
  std::memset(out, '0', static_cast<std::size_t>(count));
  return out + count;
}

// A finite positive number: digits[0].digits[1..] * 10^exponent.
struct Decimal {
  char digits[kNumberBytesMax];
  int digit_count = 0;
  int exponent = 0;
};

Decimal ToDecimal(double value) {
  char text[kNumberBytesMax];
  const char* const end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  Decimal decimal;
  const char* at = text;
  for (; *at != 'e'; ++at) {
    if (*at != '.') decimal.digits[decimal.digit_count++] = *at;
  }
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, decimal.exponent);
  return decimal;
}

char* PutScientific(char* out, const Decimal& decimal) {
  *out++ = decimal.digits[0];
  if (decimal.digit_count > 1) {
    *out++ = '.';
    out = Put(out, {decimal.digits + 1, static_cast<std::size_t>(decimal.digit_count - 1)});
  }
  const int magnitude = std::abs(decimal.exponent);
  *out++ = 'e';
  *out++ = decimal.exponent < 0 ? '-' : '+';
  if (magnitude < 10) *out++ = '0';
  return WriteInteger(out, magnitude);
}

char* PutPositional(char* out, const Decimal& decimal) {
  const std::string_view digits(decimal.digits, static_cast<std::size_t>(decimal.digit_count));
  if (decimal.exponent < 0) return Put(PutZeros(Put(out, "0."), -decimal.exponent - 1), digits);
  const int integer_digits = decimal.exponent + 1;
  if (decimal.digit_count <= integer_digits) return PutZeros(Put(out, digits), integer_digits - decimal.digit_count);
  out = Put(out, digits.substr(0, static_cast<std::size_t>(integer_digits)));
  *out++ = '.';
  return Put(out, digits.substr(static_cast<std::size_t>(integer_digits)));
}

// `whole_suffix` follows a finite number that shows neither a point nor an exponent.
char* WriteDouble(char* out, double value, std::string_view whole_suffix) {
  if (std::isnan(value)) return Put(out, "NaN");
  if (std::isinf(value)) return Put(out, value > 0 ? "+Inf" : "-Inf");
  if (value == 0) return Put(Put(out, "0"), whole_suffix);  // minus zero as well
  if (value < 0) *out++ = '-';
  const Decimal decimal = ToDecimal(std::fabs(value));
  if (decimal.exponent < kExponentMin || decimal.exponent >= kExponentEnd) return PutScientific(out, decimal);
  out = PutPositional(out, decimal);
  return decimal.digit_count <= decimal.exponent + 1 ? Put(out, whole_suffix) : out;
}

}  // namespace

char* WriteTextDouble(char* out, double value) {
  return WriteDouble(out, value, "");
}
char* WriteOpenMetricsDouble(char* out, double value) {
  return WriteDouble(out, value, ".0");
}

char* WriteUnixSeconds(char* out, std::int64_t unix_milliseconds) {
  constexpr std::uint64_t kMillisecondsPerSecond = 1000;
  auto magnitude = static_cast<std::uint64_t>(unix_milliseconds);
  if (unix_milliseconds < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  out = WriteInteger(out, magnitude / kMillisecondsPerSecond);
  // A digit before the three, which the point replaces.
  WriteInteger(out, kMillisecondsPerSecond + magnitude % kMillisecondsPerSecond);
  *out = '.';
  return out + 4;
}

}  // namespace streamhouse::exporters
