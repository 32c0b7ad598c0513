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

std::string Repaired(std::string_view value) {
  std::string storage;
  return std::string(ToValidUtf8(value, storage));
}

#define BAD "\xEF\xBF\xBD"

TEST(LabelTextTest, IsWhatStandsBetweenTheBraces) {
  EXPECT_EQ(TextOf({}, {}), "");
  EXPECT_EQ(TextOf({"a"}, {"1"}), "a=\"1\"");
  EXPECT_EQ(TextOf({"a", "b", "c"}, {"1", "", "3"}), "a=\"1\",b=\"\",c=\"3\"");
}

TEST(LabelTextTest, QuotesNamesThatAreNoLegacyNames) {
  const std::vector<std::string> names = {"a.b", "c", "d\"e"};
  EXPECT_EQ(TextOf(QuotedLabelNames(names), {"1", "2", "3"}), R"("a.b"="1",c="2","d\"e"="3")");
}

TEST(LabelTextTest, EscapesWhatWouldEndAValueOrALine) {
  EXPECT_EQ(TextOf({"a"}, {"\\ \" \n"}), "a=\"\\\\ \\\" \\n\"");
  EXPECT_EQ(TextOf({"a"}, {"\\n"}), "a=\"\\\\n\"");
}

TEST(LabelTextTest, KeepsEveryOtherByte) {
  EXPECT_EQ(TextOf({"a"}, {"\t\r{},=\x01\x7F"}), "a=\"\t\r{},=\x01\x7F\"");
  EXPECT_EQ(TextOf({"a"}, {std::string_view("\0x", 2)}), std::string("a=\"\0x\"", 6));
}

TEST(LabelTextTest, RepairsWhatIsNotUtf8) {
  EXPECT_EQ(TextOf({"a", "b"}, {"x\xFF", "\xC3\xA9"}), "a=\"x" BAD "\",b=\"\xC3\xA9\"");
}

TEST(Utf8Test, LeavesValidTextWhereItIs) {
  std::string storage;
  for (const std::string_view valid : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x90\x9D", "\xED\x9F\xBF",
                                       "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"}) {
    EXPECT_TRUE(IsValidUtf8(valid)) << valid;
    EXPECT_EQ(ToValidUtf8(valid, storage).data(), valid.data()) << valid;
  }
}

TEST(Utf8Test, ReplacesEachBadByte) {
  EXPECT_EQ(Repaired("\xFF\xFE"), BAD BAD);
  EXPECT_EQ(Repaired("a\x80z"), "a" BAD "z");
  EXPECT_EQ(Repaired("\xC3(\xC3\xA9"), BAD "(\xC3\xA9");
}

TEST(Utf8Test, RejectsSequencesThatAreCutShort) {
  for (const std::string_view cut : {"\xC3", "\xE2\x82", "\xF0\x9F\x90"}) {
    EXPECT_FALSE(IsValidUtf8(cut));
    EXPECT_EQ(Repaired(cut).size(), cut.size() * 3);
  }
}

TEST(Utf8Test, RejectsOverlongFormsSurrogatesAndWhatIsBeyondUnicode) {
  for (const std::string_view bad :
       {"\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x80\x80\xAF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
    EXPECT_TRUE(IsValidUtf8(Repaired(bad)));
  }
}

TEST(Utf8Test, RepairsEveryPairOfBytesIntoUtf8) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string pair = {static_cast<char>(first), static_cast<char>(second)};
      ASSERT_TRUE(IsValidUtf8(Repaired(pair))) << first << ' ' << second;
      ASSERT_TRUE(IsValidUtf8(Repaired("\xF0" + pair))) << first << ' ' << second;
    }
  }
}

TEST(ToLimitedSizeTest, KeepsWhatFitsAndCutsTheRestToTheLimit) {
  std::string storage;
  EXPECT_EQ(ToLimitedSize("0123456789", 10, storage), "0123456789");
  const std::string cut(ToLimitedSize(std::string(50, 'x'), 32, storage));
  EXPECT_EQ(cut.size(), 32U);
  EXPECT_TRUE(cut.starts_with(std::string(13, 'x') + "\xE2\x80\xA6"));
}

// A series keeps its name over restarts, and on other machines.
TEST(ToLimitedSizeTest, TheMarkIsTheSameInEveryProcess) {
  std::string storage;
  EXPECT_EQ(ToLimitedSize(std::string(50, 'x'), 32, storage),
            "xxxxxxxxxxxxx\xE2\x80\xA6" + std::string("f28571f49a27b3bd"));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
