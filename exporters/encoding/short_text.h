// Comparisons and hashes of texts of some bytes, such as label values.
//
// When to use something else: std::memcmp and std::hash, which cost a call, for longer texts.
// Guarantees: nothing beyond the texts is read.
// Thread safety: pure functions.
// Cost: a nanosecond or two for up to 16 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace streamhouse::exporters {

template <typename Word>
Word LoadWord(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Words that overlap stand for the bytes at the end.
inline bool AreSame(const char* a, const char* b, std::size_t size) {
  using Long = std::uint64_t;
  using Short = std::uint32_t;
  if (size >= sizeof(Long)) {
    const std::size_t last = size - sizeof(Long);
    for (std::size_t i = 0; i < last; i += sizeof(Long)) {
      if (LoadWord<Long>(a + i) != LoadWord<Long>(b + i)) return false;
    }
    return LoadWord<Long>(a + last) == LoadWord<Long>(b + last);
  }
  if (size >= sizeof(Short)) {
    const std::size_t last = size - sizeof(Short);
    return LoadWord<Short>(a) == LoadWord<Short>(b) && LoadWord<Short>(a + last) == LoadWord<Short>(b + last);
  }
  return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

// Both halves of the product: each bit of the result depends on all bits of the word.
inline std::uint64_t MixWord(std::uint64_t word) {
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{word} * kOdd;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// Texts of up to this size have words of their own: of two of one size, the words are equal only if
// the texts are.
inline constexpr std::size_t kWordBytes = 8;

// A word for a text. That of a longer one is a hash, and depends on the seed.
inline std::uint64_t WordOf(std::string_view text, std::uint64_t seed) {
  const char* from = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = left > kWordBytes ? seed : 0;
  for (; left > kWordBytes; from += kWordBytes, left -= kWordBytes) {
    hash = MixWord(hash ^ LoadWord<std::uint64_t>(from));
  }
  if (left >= 4) {
    return hash ^ (std::uint64_t{LoadWord<std::uint32_t>(from)} << 32U | LoadWord<std::uint32_t>(from + left - 4));
  }
  if (left == 0) return hash;
  const auto byte = [from](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(from[at])}; };
  return hash ^ (byte(0) << 16U | byte(left / 2) << 8U | byte(left - 1));
}

}  // namespace streamhouse::exporters
