#include "metrics_core/text/text_escaping.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

std::string Escaped(std::string_view text, QuoteEscaping quotes) {
  std::string out = ">";
  AppendEscaped(text, quotes, out);
  return out;
}

TEST(TextEscapingTest, EscapesBackslashAndNewlineEverywhere) {
  EXPECT_EQ(Escaped("a\\b\nc", QuoteEscaping::kPlain), ">a\\\\b\\nc");
  EXPECT_EQ(Escaped("a\\b\nc", QuoteEscaping::kEscaped), ">a\\\\b\\nc");
}

TEST(TextEscapingTest, EscapesQuotesOnlyWhereItIsAskedTo) {
  EXPECT_EQ(Escaped("\"a\"", QuoteEscaping::kPlain), ">\"a\"");
  EXPECT_EQ(Escaped("\"a\"", QuoteEscaping::kEscaped), ">\\\"a\\\"");
}

TEST(TextEscapingTest, LeavesEverythingElseAlone) {
  EXPECT_EQ(Escaped("\t\r{} \xC3\xA4", QuoteEscaping::kPlain), ">\t\r{} \xC3\xA4");
  EXPECT_EQ(Escaped("\t\r{} \xC3\xA4", QuoteEscaping::kEscaped), ">\t\r{} \xC3\xA4");
}

TEST(TextEscapingTest, ALabelPairQuotesItsValue) {
  EXPECT_EQ(LabelPairText("topic", "a\"b"), "topic=\"a\\\"b\"");
}

}  // namespace
}  // namespace streamhouse::metrics
