#include "exporters/encoding/short_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

namespace streamhouse::exporters {
namespace {

// Each byte of a text counts, at each length.
TEST(ShortTextTest, SeesEveryByte) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(AreSame(text.data(), std::string(text).data(), size));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'b';
      EXPECT_FALSE(AreSame(text.data(), other.data(), size)) << size << " " << i;
      EXPECT_NE(WordOf(text, 1), WordOf(other, 1)) << size << " " << i;
    }
  }
}

TEST(ShortTextTest, FindsTheFirstQuoteOrBackslash) {
  for (const char other : {'a', '\xC3'}) {
    for (std::size_t size = 0; size < 40; ++size) {
      const std::string text(size, other);
      EXPECT_EQ(FindQuoteOrBackslash(text, 0), size);
      EXPECT_EQ(FindQuoteOrBackslash(text + "\\\"", 0), size);
      EXPECT_EQ(FindQuoteOrBackslash("\"" + text + "\"\\", 1), size + 1);
    }
  }
}

TEST(ShortTextTest, FindsAByteAtEachPlace) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, '\xDC');
    EXPECT_FALSE(HasByte(text, '\\')) << size;
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = '\\';
      EXPECT_TRUE(HasByte(other, '\\')) << size << " " << i;
    }
  }
}

TEST(ShortTextTest, KnowsHowManyBytesAreCommon) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_EQ(CommonPrefix(text, text + "a"), size);
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = '\xE1';
      EXPECT_EQ(CommonPrefix(text, other), i) << size;
    }
  }
}

TEST(ShortTextTest, SpreadsNumbersOverAllHashes) {
  std::set<std::uint64_t> low;
  for (int i = 0; i < 1000; ++i) low.insert(MixWord(WordOf(std::to_string(i), 7)) % 4096);
  EXPECT_GT(low.size(), 800U) << "as many as chance gives: 884";
}

TEST(ShortTextTest, HashesLongTextsByTheSeed) {
  EXPECT_EQ(WordOf("long orders", 1), WordOf("long orders", 1));
  EXPECT_NE(WordOf("long orders", 1), WordOf("long orders", 2));
}

// The word holds the whole text.
TEST(ShortTextTest, GivesShortTextsWordsOfTheirOwn) {
  std::set<std::uint64_t> words;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) words.insert(WordOf(std::string{static_cast<char>(a), static_cast<char>(b)}, 3));
  }
  EXPECT_EQ(words.size(), 65'536U);
  EXPECT_EQ(WordOf("\x01", 3), 0x010101U) << "the size tells it from three bytes";
}

}  // namespace
}  // namespace streamhouse::exporters
