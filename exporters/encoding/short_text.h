// Comparisons, searches and hashes of texts of some bytes, such as label values and label texts.
//
// When to use something else: std::memcmp, std::memchr and std::hash, which cost a call, for longer
// texts.
// Guarantees: nothing beyond the texts is read.
// Thread safety: pure functions.
// Cost: eight or sixteen bytes at a time, without a call.
#pragma once

#include <algorithm>
#include <bit>
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

// Sixteen bytes, for which compilers use the vector registers that a processor has.
using ByteBlock = std::uint8_t __attribute__((vector_size(16)));

inline bool IsZero(const ByteBlock& block) {
  std::uint64_t words[2];
  std::memcpy(words, &block, sizeof(block));
  return (words[0] | words[1]) == 0;
}

// Words that overlap stand for the bytes at the end.
[[gnu::always_inline]] inline bool AreSame(const char* a, const char* b, std::size_t size) {
  using Long = std::uint64_t;
  using Short = std::uint32_t;
  if (size >= sizeof(ByteBlock)) {
    const std::size_t last = size - sizeof(ByteBlock);
    ByteBlock difference = LoadWord<ByteBlock>(a + last) ^ LoadWord<ByteBlock>(b + last);
    for (std::size_t i = 0; i < last; i += sizeof(ByteBlock)) {
      difference |= LoadWord<ByteBlock>(a + i) ^ LoadWord<ByteBlock>(b + i);
    }
    return IsZero(difference);
  }
  if (size >= sizeof(Long)) {
    const std::size_t last = size - sizeof(Long);
    return LoadWord<Long>(a) == LoadWord<Long>(b) && LoadWord<Long>(a + last) == LoadWord<Long>(b + last);
  }
  if (size >= sizeof(Short)) {
    const std::size_t last = size - sizeof(Short);
    return LoadWord<Short>(a) == LoadWord<Short>(b) && LoadWord<Short>(a + last) == LoadWord<Short>(b + last);
  }
  return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
}

inline constexpr std::uint64_t kEachByte = 0x0101'0101'0101'0101;

// A byte below n, which is at most 0x80, has its high bit set; so may have bytes behind the first
// of them.
inline std::uint64_t BytesBelow(std::uint64_t word, std::uint64_t n) {
  return (word - n * kEachByte) & ~word & (0x80 * kEachByte);
}
inline std::uint64_t BytesEqual(std::uint64_t word, char c) {
  return BytesBelow(word ^ (static_cast<unsigned char>(c) * kEachByte), 1);
}

// Of a word that was loaded from memory: the place of the first byte that has a bit set.
inline std::size_t FirstByte(std::uint64_t word) {
  static_assert(std::endian::native == std::endian::little);
  return static_cast<std::size_t>(std::countr_zero(word)) / 8;
}

[[gnu::always_inline]] inline bool HasByte(std::string_view text, char c) {
  using Word = std::uint64_t;
  const char* const from = text.data();
  if (text.size() >= sizeof(ByteBlock)) {
    const auto equal = [ from, c ](std::size_t at) __attribute__((always_inline)) {
      return ByteBlock(LoadWord<ByteBlock>(from + at) == static_cast<unsigned char>(c));
    };
    const std::size_t last = text.size() - sizeof(ByteBlock);
    ByteBlock found = equal(last);
    for (std::size_t i = 0; i < last; i += sizeof(ByteBlock)) found |= equal(i);
    return !IsZero(found);
  }
  if (text.size() >= sizeof(Word)) {
    const Word last = LoadWord<Word>(from + text.size() - sizeof(Word));
    return (BytesEqual(LoadWord<Word>(from), c) | BytesEqual(last, c)) != 0;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (from[i] == c) return true;
  }
  return false;
}

// Where the first quote or backslash stands from `at` on; the end of the text without one.
inline std::size_t FindQuoteOrBackslash(std::string_view text, std::size_t at) {
  using Word = std::uint64_t;
  for (; at + sizeof(Word) <= text.size(); at += sizeof(Word)) {
    const Word word = LoadWord<Word>(text.data() + at);
    const Word found = BytesEqual(word, '"') | BytesEqual(word, '\\');
    if (found != 0) return at + FirstByte(found);
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\') ++at;
  return at;
}

// How many bytes both begin with.
inline std::size_t CommonPrefix(std::string_view a, std::string_view b) {
  using Word = std::uint64_t;
  const std::size_t size = std::min(a.size(), b.size());
  const auto difference = [&](std::size_t at) { return LoadWord<Word>(a.data() + at) ^ LoadWord<Word>(b.data() + at); };
  std::size_t at = 0;
  for (; at + sizeof(Word) <= size; at += sizeof(Word)) {
    const Word found = difference(at);
    if (found != 0) return at + FirstByte(found);
  }
  if (size >= sizeof(Word)) {
    // The last bytes, some of them again.
    const Word found = difference(size - sizeof(Word));
    return found == 0 ? size : size - sizeof(Word) + FirstByte(found);
  }
  while (at < size && a[at] == b[at]) ++at;
  return at;
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
