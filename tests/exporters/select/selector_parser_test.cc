#include "exporters/select/selector_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "exporters/select/selection.h"

namespace streamhouse::exporters {
namespace {

constexpr std::string_view kOperators[] = {"=", "!=", "=~", "!~"};

// The matchers one after another, as label, operator and value; or the error.
std::string Parsed(std::string_view text) {
  SelectorBudget budget = {.matchers = kMatchersMax, .expressions = kExpressionsMax};
  const auto selector = ParseSelector(text, budget);
  if (!selector.ok()) return selector.status().message();
  std::string parsed;
  for (const LabelMatcher& matcher : *selector) {
    parsed += matcher.label() + std::string(kOperators[static_cast<int>(matcher.op())]) + matcher.value() + ";";
  }
  return parsed;
}

TEST(SelectorParserTest, TakesANameMatchersOrBoth) {
  EXPECT_EQ(Parsed("up"), "__name__=up;");
  EXPECT_EQ(Parsed("job:lag:sum"), "__name__=job:lag:sum;");
  EXPECT_EQ(Parsed("{topic=\"a\"}"), "topic=a;");
  EXPECT_EQ(Parsed("up{topic=\"a\",partition!=\"1\"}"), "__name__=up;topic=a;partition!=1;");
  EXPECT_EQ(Parsed("{a=~\"x|y\",b!~\"z.*\"}"), "a=~x|y;b!~z.*;");
  EXPECT_EQ(Parsed("up{}"), "__name__=up;");
}

TEST(SelectorParserTest, TakesBlanksCommentsAndALastComma) {
  EXPECT_EQ(Parsed(" up { a = \"1\" , b =~ \"2\" , } "), "__name__=up;a=1;b=~2;");
  EXPECT_EQ(Parsed("up # all\n{ # of these\n a=\"1\"\t}\r\n# end"), "__name__=up;a=1;");
}

TEST(SelectorParserTest, TakesTheNameAsALabelToo) {
  EXPECT_EQ(Parsed("{__name__=~\"a|b\"}"), "__name__=~a|b;");
  EXPECT_EQ(Parsed("up{__name__!=\"a\"}"), "__name__=up;__name__!=a;");
}

TEST(SelectorParserTest, TakesNamesOfAnyUtf8InQuotes) {
  EXPECT_EQ(Parsed("{\"my.name\"}"), "__name__=my.name;");
  EXPECT_EQ(Parsed("{\"my.name\",a=\"b\"}"), "__name__=my.name;a=b;");
  EXPECT_EQ(Parsed("{a=\"b\",'my.name'}"), "a=b;__name__=my.name;");
  EXPECT_EQ(Parsed("{\"my.label\"=~\"b\"}"), "my.label=~b;");
}

TEST(SelectorParserTest, ReadsStringsAsPromqlDoes) {
  EXPECT_EQ(Parsed("{a='x',b=`\\d+`,c=\"\\\\d\\x41\"}"), "a=x;b=\\d+;c=\\dA;");
}

TEST(SelectorParserTest, NamesTheMistakeAndItsPlace) {
  EXPECT_EQ(Parsed(""), "at character 1: a name or { is expected");
  EXPECT_EQ(Parsed(" { }"), "at character 2: a selector without matchers chooses nothing");
  EXPECT_EQ(Parsed("1up"), "at character 1: a name or { is expected");
  EXPECT_EQ(Parsed("up{"), "at character 4: a label is expected");
  EXPECT_EQ(Parsed("{,}"), "at character 2: a label is expected");
  EXPECT_EQ(Parsed("{a:b=\"\"}"), "at character 3: =, !=, =~ or !~ is expected");
  EXPECT_EQ(Parsed("{a==\"b\"}"), "at character 4: a string in quotes is expected");
  EXPECT_EQ(Parsed("{a=b}"), "at character 4: a string in quotes is expected");
  EXPECT_EQ(Parsed("{a=\"b}"), "at character 4: the string has no end");
  EXPECT_EQ(Parsed("{a=\"b\\d\"}"), "at character 6: no such escape in a string");
  EXPECT_EQ(Parsed("{a=\"b\" c=\"d\"}"), "at character 8: a comma or } is expected");
  EXPECT_EQ(Parsed("{a=\"b\",,}"), "at character 8: a label is expected");
  EXPECT_EQ(Parsed("up{} or down"), "at character 6: the selector should end");
  EXPECT_EQ(Parsed("up[5m]"), "at character 3: the selector should end");
  EXPECT_EQ(Parsed("{a=\"1\",b=~\"(\"}"), "at character 11: the regular expression is refused: missing )");
}

TEST(SelectorParserTest, RefusesASecondName) {
  EXPECT_EQ(Parsed("up{\"down\"}"), "at character 4: a second name is one too many");
  EXPECT_EQ(Parsed("{\"up\",\"down\"}"), "at character 7: a second name is one too many");
}

TEST(SelectorParserTest, KeepsToItsBudget) {
  SelectorBudget budget = {.matchers = 3, .expressions = 1};
  EXPECT_TRUE(ParseSelector("{a=\"\",b=~\"x\"}", budget).ok());
  EXPECT_EQ(ParseSelector("{a=~\"x\"}", budget).status().message(), "at character 5: too many regular expressions");
  EXPECT_EQ(ParseSelector("up{a=\"\"}", budget).status().message(), "at character 6: too many matchers");
}

}  // namespace
}  // namespace streamhouse::exporters
