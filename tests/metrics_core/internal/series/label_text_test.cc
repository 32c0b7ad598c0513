#include "metrics_core/internal/series/label_text.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

std::string TextOf(const std::vector<std::string>& names, const std::vector<std::string_view>& values) {
  return MakeLabelText(names, values);
}

#define BAD "\xEF\xBF\xBD"

TEST(LabelTextTest, IsTheTextBetweenTheBracesOfASample) {
  EXPECT_EQ(TextOf({}, {}), "");
  EXPECT_EQ(TextOf({"a"}, {"1"}), "a=\"1\"");
  EXPECT_EQ(TextOf({"a", "b", "c"}, {"1", "", "3"}), "a=\"1\",b=\"\",c=\"3\"");
}

TEST(LabelTextTest, QuotesNamesThatAreNoLegacyNames) {
  const std::vector<std::string> names = {"a.b", "c", "d\"e"};
  EXPECT_EQ(TextOf(QuotedLabelNames(names), {"1", "2", "3"}), R"("a.b"="1",c="2","d\"e"="3")");
}

TEST(LabelTextTest, EscapesQuotesBackslashesAndNewlines) {
  EXPECT_EQ(TextOf({"a"}, {"\\ \" \n"}), "a=\"\\\\ \\\" \\n\"");
  EXPECT_EQ(TextOf({"a"}, {"\\n"}), "a=\"\\\\n\"");
}

TEST(LabelTextTest, KeepsEveryOtherByte) {
  EXPECT_EQ(TextOf({"a"}, {"\t\r{},=\x01\x7F"}), "a=\"\t\r{},=\x01\x7F\"");
  EXPECT_EQ(TextOf({"a"}, {std::string_view("\0x", 2)}), std::string("a=\"\0x\"", 6));
}

TEST(LabelTextTest, RepairsValuesThatAreNotUtf8) {
  EXPECT_EQ(TextOf({"a", "b"}, {"x\xFF", "\xC3\xA9"}), "a=\"x" BAD "\",b=\"\xC3\xA9\"");
}

}  // namespace
}  // namespace streamhouse::metrics::internal
