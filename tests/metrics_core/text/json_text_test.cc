#include "metrics_core/text/json_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::metrics {
namespace {

std::string Text(std::string_view value) {
  return JsonText().Value(value).text();
}

TEST(JsonTextTest, WritesObjectsAndArrays) {
  JsonText json;
  json.BeginObject().Member("a", "b").Key("c").BeginArray().Value(1).BeginObject().EndObject().Value(true).EndArray();
  json.Key("d").BeginArray().EndArray().Key("e").Null().EndObject();
  EXPECT_EQ(json.text(), R"({"a":"b","c":[1,{},true],"d":[],"e":null})");
}

TEST(JsonTextTest, SeparatesValuesAlsoAfterAStringThatEndsWithABracket) {
  JsonText json;
  json.BeginArray().Value("{").Value("[").Value(":").Value("x").EndArray();
  EXPECT_EQ(json.text(), R"(["{","[",":","x"])");
}

TEST(JsonTextTest, EscapesQuotesBackslashesAndControls) {
  EXPECT_EQ(Text("a\"b\\c\nd\te\x01\x7F"), R"("a\"b\\c\nd\u0009e\u0001\u007f")");
  EXPECT_EQ(Text("\xC2\x80\xC2\x9F\xC2\xA0"), "\"\\u0080\\u009f\xC2\xA0\"");
  EXPECT_EQ(Text({"\0", 1}), R"("\u0000")");
}

TEST(JsonTextTest, KeepsUtf8AndReplacesBytesOfWhatIsNone) {
  EXPECT_EQ(Text("gr\xC3\xBC\xC3\x9F"), "\"gr\xC3\xBC\xC3\x9F\"");
  EXPECT_EQ(Text("a\xFF\xC3z"), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

TEST(JsonTextTest, WritesIntegersInFull) {
  EXPECT_EQ(JsonText().Value(std::numeric_limits<std::uint64_t>::max()).text(), "18446744073709551615");
  EXPECT_EQ(JsonText().Value(std::numeric_limits<std::int64_t>::min()).text(), "-9223372036854775808");
}

TEST(JsonTextTest, WritesNumbersThatAreNotFiniteAsNull) {
  EXPECT_EQ(JsonText().Value(0.25).text(), "0.25");
  EXPECT_EQ(JsonText().Value(std::numeric_limits<double>::infinity()).text(), "null");
}

TEST(JsonTextTest, WritesAnAbsentValueAsNull) {
  EXPECT_EQ(JsonText().Value(std::optional<std::string>()).text(), "null");
  EXPECT_EQ(JsonText().Value(std::optional<int>(3)).text(), "3");
}

}  // namespace
}  // namespace streamhouse::metrics
