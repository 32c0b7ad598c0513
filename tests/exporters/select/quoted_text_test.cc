#include "exporters/select/quoted_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace streamhouse::exporters {
namespace {

// What the string means, and the rest behind it.
std::string Taken(std::string_view text) {
  const auto taken = TakeQuoted(text);
  return taken.ok() ? *taken + "|" + std::string(text) : taken.status().message();
}

// Where the fault is.
std::size_t FaultAt(std::string_view text) {
  const std::size_t size = text.size();
  EXPECT_FALSE(TakeQuoted(text).ok());
  return size - text.size();
}

TEST(QuotedTextTest, TakesAStringInAnyQuotes) {
  EXPECT_EQ(Taken("\"orders\",b"), "orders|,b");
  EXPECT_EQ(Taken("'orders'}"), "orders|}");
  EXPECT_EQ(Taken("`orders`"), "orders|");
  EXPECT_EQ(Taken("\"\""), "|");
}

TEST(QuotedTextTest, TakesOtherQuotesAsTheyAre) {
  EXPECT_EQ(Taken("\"a'b`c\""), "a'b`c|");
  EXPECT_EQ(Taken("'a\"b`c'"), "a\"b`c|");
  EXPECT_EQ(Taken("`a\"b'c`"), "a\"b'c|");
}

TEST(QuotedTextTest, ReadsTheEscapesOfGo) {
  EXPECT_EQ(Taken(R"("\a\b\f\n\r\t\v\\\"")"), "\a\b\f\n\r\t\v\\\"|");
  EXPECT_EQ(Taken(R"('\'')"), "'|");
  EXPECT_EQ(Taken(R"("\101\x42\u00e4\u20AC\U0001f600")"), "AB\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80|");
}

TEST(QuotedTextTest, HasNoEscapesBetweenBackquotes) {
  EXPECT_EQ(Taken("`a\\d\n\\`rest"), "a\\d\n\\|rest");
}

TEST(QuotedTextTest, RefusesUnknownEscapes) {
  for (const char* text :
       {R"("ab\'")", R"('ab\"')", R"("ab\`")", R"("ab\d")", R"("ab\1")", R"("ab\400")", R"("ab\08")", R"("ab\x4")",
        R"("ab\xg0")", R"("ab\u00e")", R"("ab\ud800")", R"("ab\U00110000")", R"("ab\x+1")"}) {
    EXPECT_EQ(Taken(text), "no such escape in a string") << text;
    EXPECT_EQ(FaultAt(text), 3U) << text;
  }
}

TEST(QuotedTextTest, RefusesAStringWithoutAnEnd) {
  for (const char* text : {"\"", "\"ab", "'ab\"", "`ab'", "\"ab\n\"", "'ab\n'", "\"ab\\\""}) {
    EXPECT_EQ(Taken(text), "the string has no end") << text;
    EXPECT_EQ(FaultAt(text), 0U) << text;
  }
  EXPECT_EQ(Taken("\"ab\\"), "no such escape in a string");
}

}  // namespace
}  // namespace streamhouse::exporters
