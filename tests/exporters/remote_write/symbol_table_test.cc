#include "exporters/remote_write/symbol_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace streamhouse::exporters {
namespace {

TEST(SymbolTableTest, BeginsWithTheEmptyText) {
  SymbolTable symbols;
  EXPECT_EQ(symbols.Intern(""), 0U);
  EXPECT_EQ(symbols.encoded(), std::string_view("\x22\x00", 2));
}

TEST(SymbolTableTest, GivesEqualTextsOneNumber) {
  SymbolTable symbols;
  EXPECT_EQ(symbols.Intern("topic"), 1U);
  EXPECT_EQ(symbols.Intern(std::string("port")), 2U);
  EXPECT_EQ(symbols.Intern(std::string("topic")), 1U);
  EXPECT_EQ(symbols.encoded(), std::string("\x22\x00\x22\x05topic\x22\x04port", 15));
}

TEST(SymbolTableTest, TellsTextsOfEveryLengthApart) {
  SymbolTable symbols;
  for (std::uint32_t size = 1; size < 100; ++size) {
    // Texts that differ in one byte, at the front, in the middle and at the end.
    for (const std::uint32_t place : {0U, size / 2, size - 1}) {
      std::string text(size, 'a');
      text[place] = 'b';
      const std::uint32_t number = symbols.Intern(text);
      EXPECT_EQ(symbols.Intern(std::string(text)), number);
    }
    symbols.Intern(std::string(size, 'a'));
  }
  // For one byte all places are one, for two bytes two of them.
  EXPECT_EQ(symbols.size(), 1 + 2 + 3 + 97U * 4);
}

TEST(SymbolTableTest, FindsTextsAfterItHasGrown) {
  SymbolTable symbols;
  for (std::uint32_t i = 1; i <= 10'000; ++i) ASSERT_EQ(symbols.Intern(std::to_string(i)), i);
  for (std::uint32_t i = 1; i <= 10'000; ++i) ASSERT_EQ(symbols.Intern(std::to_string(i)), i);
}

TEST(SymbolTableTest, ForgetsTexts) {
  SymbolTable symbols;
  symbols.Intern("topic");
  symbols.Clear();
  EXPECT_EQ(symbols.size(), 1U);
  EXPECT_EQ(symbols.Intern("port"), 1U);
}

}  // namespace
}  // namespace streamhouse::exporters
