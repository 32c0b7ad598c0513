// Numbers as they stand on text pages, in any locale: the shortest digits that read back as the
// same number.
//
// Doubles are laid out as Go's strconv 'g' does it, since that is what other exporters print and
// readers compare: 0.0001, 100000, 1e+06, 1.5e-05, NaN, +Inf. OpenMetrics wants 1.0, not 1, for a
// double. le labels are printed that way in every format, so that a series has one identity in all
// of them.
// Thread safety: pure functions.
// Cost: no allocation. A double takes several times as long as an integer, because its shortest
// digits are searched.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>

namespace streamhouse::exporters {

// What a number takes at most: -1.7976931348623157e+308 has 24 characters.
inline constexpr std::size_t kNumberBytesMax = 32;

// Each writes to `out`, where kNumberBytesMax must have room, and returns the end of what it wrote.

template <typename Integer>
char* WriteInteger(char* out, Integer value) {
  return std::to_chars(out, out + kNumberBytesMax, value).ptr;
}

char* WriteTextDouble(char* out, double value);         // 1
char* WriteOpenMetricsDouble(char* out, double value);  // 1.0

// Seconds of Unix time with three decimals and without an exponent: 1700000000.007.
char* WriteUnixSeconds(char* out, std::int64_t unix_milliseconds);

}  // namespace streamhouse::exporters
