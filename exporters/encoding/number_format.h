// Numbers as they stand on text pages, in any locale: the shortest digits that read back as the
// same number.
//
// Doubles are laid out as Go's strconv 'g' does it, since that is what other exporters print and
// readers compare: 0.0001, 100000, 1e+06, 1.5e-05, NaN, +Inf. OpenMetrics wants 1.0, not 1, for a
// double. le labels are printed that way in every format, so that a series has one identity in all
// of them.
// Guarantees:
// 1. A number reads back as the same number; a NaN as some NaN.
// 2. A number takes at most kNumberBytesMax characters, and has the same ones in every locale.
// Thread safety: pure functions.
// Cost: no allocation. An integer is eight digits at a time. A double takes several times as long
// as an integer, because its shortest digits are searched.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace streamhouse::exporters {

// What a number takes at most: -1.7976931348623157e+308 has 24 characters.
inline constexpr std::size_t kNumberBytesMax = 32;

// Each writes to `out`, where kNumberBytesMax must have room, and returns the end of the number.
// Bytes behind that end may be written too.

namespace internal {

// The eight digits of a number below 10^8, one a byte, the first in the lowest byte.
inline std::uint64_t EightDigits(std::uint64_t number) {
  // Pairs of lanes are divided at once: four digits each, then two, then one. Each factor and shift
  // is a division by 100 or 10 that is exact for what a lane can hold.
  const std::uint64_t fours = (number / 10'000) | (number % 10'000) << 32U;
  const std::uint64_t hundreds = (fours * 10'486) >> 20U & 0x0000'007F'0000'007F;
  const std::uint64_t twos = hundreds | (fours - 100 * hundreds) << 16U;
  const std::uint64_t tens = (twos * 103) >> 10U & 0x000F'000F'000F'000F;
  return tens | ((twos - 10 * tens) << 8U);
}

inline constexpr std::uint64_t kEightZeros = 0x3030'3030'3030'3030;

inline char* PutDigits(char* out, std::uint64_t digits) {
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(out, &digits, sizeof(digits));
  return out + sizeof(digits);
}

// 00, 01, …, 99.
inline constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  }
  return pairs;
}();

inline constexpr std::uint64_t kEightDigitsEnd = 100'000'000;

// Of a value below kEightDigitsEnd.
inline char* WriteShort(char* out, std::uint64_t value) {
  // Counts of buckets are often small.
  if (value < 10) {
    *out = static_cast<char>('0' + value);
    return out + 1;
  }
  if (value < 100) {
    std::memcpy(out, &kPairs[2 * value], 2);
    return out + 2;
  }
  const std::uint64_t digits = EightDigits(value);
  // Zeros at the beginning are left out.
  const auto zeros = static_cast<unsigned>(std::countr_zero(digits)) & ~7U;
  return PutDigits(out, (digits | kEightZeros) >> zeros) - zeros / 8;
}

[[gnu::noinline]] inline char* WriteLong(char* out, std::uint64_t value) {
  const std::uint64_t upper = value / kEightDigitsEnd;
  if (upper < kEightDigitsEnd) {
    out = WriteShort(out, upper);
  } else {
    out = WriteShort(out, upper / kEightDigitsEnd);
    out = PutDigits(out, EightDigits(upper % kEightDigitsEnd) | kEightZeros);
  }
  return PutDigits(out, EightDigits(value % kEightDigitsEnd) | kEightZeros);
}

}  // namespace internal

template <typename Integer>
char* WriteInteger(char* out, Integer value) {
  auto magnitude = static_cast<std::uint64_t>(value);
  if constexpr (std::is_signed_v<Integer>) {
    if (value < 0) {
      *out++ = '-';
      magnitude = 0 - magnitude;
    }
  }
  return magnitude < internal::kEightDigitsEnd ? internal::WriteShort(out, magnitude)
                                               : internal::WriteLong(out, magnitude);
}

char* WriteTextDouble(char* out, double value);         // 1
char* WriteOpenMetricsDouble(char* out, double value);  // 1.0

// Seconds of Unix time with three decimals and without an exponent: 1700000000.007.
char* WriteUnixSeconds(char* out, std::int64_t unix_milliseconds);

}  // namespace streamhouse::exporters
