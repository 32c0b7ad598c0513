// Hashing and comparing label values, which are a few bytes each, without a call.
//
// The hash multiplies to 128 bits and folds, as wyhash does (Wang Yi, public domain).
// When to use something else: a table whose keys an attacker chooses needs a seed.
// Thread safety: pure functions.
// Cost: one multiplication for each 16 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "metrics_core/internal/int128.h"

namespace streamhouse::metrics::internal {

template <typename Word>
inline Word LoadWord(const char* p) noexcept {
  Word word;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

inline std::uint64_t MultiplyAndFold(std::uint64_t a, std::uint64_t b) noexcept {
  const auto product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t HashBytes(std::uint64_t seed, std::string_view bytes) noexcept {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left > 16; p += 16, left -= 16) {
    seed = MultiplyAndFold(seed ^ LoadWord<std::uint64_t>(p), 0x8EBC6AF09C88C6E3U ^ LoadWord<std::uint64_t>(p + 8));
  }
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (left >= 8) {
    low = LoadWord<std::uint64_t>(p);
    high = LoadWord<std::uint64_t>(p + left - 8);
  } else if (left >= 4) {
    low = LoadWord<std::uint32_t>(p);
    high = LoadWord<std::uint32_t>(p + left - 4);
  } else if (left > 0) {
    low = static_cast<unsigned char>(p[0]) | std::uint64_t{static_cast<unsigned char>(p[left / 2])} << 8 |
          std::uint64_t{static_cast<unsigned char>(p[left - 1])} << 16;
  }
  return MultiplyAndFold(seed ^ low, (0x589965CC75374CC3U + bytes.size()) ^ high);
}

inline bool EqualBytes(const char* a, const char* b, std::size_t size) noexcept {
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      if (LoadWord<std::uint64_t>(a + i) != LoadWord<std::uint64_t>(b + i)) return false;
    }
    return LoadWord<std::uint64_t>(a + size - 8) == LoadWord<std::uint64_t>(b + size - 8);
  }
  if (size >= 4) {
    return LoadWord<std::uint32_t>(a) == LoadWord<std::uint32_t>(b) &&
           LoadWord<std::uint32_t>(a + size - 4) == LoadWord<std::uint32_t>(b + size - 4);
  }
  return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

}  // namespace streamhouse::metrics::internal
