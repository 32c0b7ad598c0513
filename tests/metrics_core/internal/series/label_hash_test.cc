#include "metrics_core/internal/series/label_hash.h"

#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

// As long as this, texts go through every branch and several rounds.
constexpr std::size_t kLongest = 70;

std::string Text(std::size_t size) {
  std::string text(size, 'x');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}

TEST(LabelHashTest, EqualBytesHaveEqualHashesAtEveryAddress) {
  for (std::size_t size = 0; size <= kLongest; ++size) {
    const std::string text = Text(size);
    const std::string shifted = "?" + text;
    EXPECT_EQ(HashBytes(1, text), HashBytes(1, std::string_view(shifted).substr(1)));
  }
}

TEST(LabelHashTest, EveryByteAndTheLengthChangeTheHash) {
  std::set<std::uint64_t> hashes;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    hashes.insert(HashBytes(1, Text(size)));
    ++texts;
    for (std::size_t i = 0; i < size; ++i, ++texts) {
      std::string changed = Text(size);
      changed[i] = '!';
      hashes.insert(HashBytes(1, changed));
    }
  }
  EXPECT_EQ(hashes.size(), texts);
}

TEST(LabelHashTest, TheSeedChangesTheHash) {
  for (const std::string text : {"", "a", "orders", "a longer label value"}) {
    EXPECT_NE(HashBytes(1, text), HashBytes(2, text));
  }
}

TEST(LabelHashTest, EachBitOfTheHashDependsOnTheText) {
  std::uint64_t ever_set = 0;
  std::uint64_t ever_clear = 0;
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t hash = HashBytes(1, std::to_string(i));
    ever_set |= hash;
    ever_clear |= ~hash;
  }
  EXPECT_EQ(ever_set & ever_clear, UINT64_MAX);
}

TEST(LabelHashTest, BytesAreEqualOnlyIfAllAre) {
  for (std::size_t size = 0; size <= kLongest; ++size) {
    const std::string text = Text(size);
    EXPECT_TRUE(EqualBytes(text.data(), Text(size).data(), size));
    for (std::size_t i = 0; i < size; ++i) {
      std::string changed = text;
      changed[i] = '!';
      EXPECT_FALSE(EqualBytes(text.data(), changed.data(), size)) << i << " of " << size;
    }
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal
