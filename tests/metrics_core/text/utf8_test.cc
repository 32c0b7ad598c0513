#include "metrics_core/text/utf8.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

std::string Repaired(std::string_view value) {
  std::string storage;
  return std::string(ToValidUtf8(value, storage));
}

#define BAD "\xEF\xBF\xBD"

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

}  // namespace
}  // namespace streamhouse::metrics
