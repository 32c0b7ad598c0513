#include "exporters/select/label_matcher.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace streamhouse::exporters {
namespace {

LabelMatcher Matcher(MatchOperator op, std::string value) {
  return LabelMatcher::Make("topic", op, std::move(value)).value();
}

std::string Refusal(std::string expression) {
  return LabelMatcher::Make("topic", MatchOperator::kMatch, std::move(expression)).status().message();
}

TEST(LabelMatcherTest, ComparesWholeValues) {
  const LabelMatcher equal = Matcher(MatchOperator::kEqual, "orders");
  EXPECT_TRUE(equal.Matches("orders"));
  EXPECT_FALSE(equal.Matches("orders2"));
  const LabelMatcher not_equal = Matcher(MatchOperator::kNotEqual, "orders");
  EXPECT_FALSE(not_equal.Matches("orders"));
  EXPECT_TRUE(not_equal.Matches(""));
}

TEST(LabelMatcherTest, AnchorsExpressionsAtBothEnds) {
  const LabelMatcher match = Matcher(MatchOperator::kMatch, "a|bc");
  for (const char* value : {"a", "bc"}) EXPECT_TRUE(match.Matches(value)) << value;
  for (const char* value : {"", "ab", "abc", "xa", "bcd", "a\n"}) EXPECT_FALSE(match.Matches(value)) << value;
}

TEST(LabelMatcherTest, NegatesAnExpressionExactly) {
  const LabelMatcher match = Matcher(MatchOperator::kMatch, "1.*");
  const LabelMatcher no_match = Matcher(MatchOperator::kNoMatch, "1.*");
  for (const char* value : {"1", "12", "2", "", "21"}) EXPECT_NE(match.Matches(value), no_match.Matches(value));
}

TEST(LabelMatcherTest, LetsADotMatchEveryCharacter) {
  const LabelMatcher match = Matcher(MatchOperator::kMatch, "a.b");
  EXPECT_TRUE(match.Matches("a\nb"));
  EXPECT_TRUE(
      match.Matches("a\xC3\xA4"
                    "b"));
}

TEST(LabelMatcherTest, TakesEitherSpelling) {
  EXPECT_TRUE(Matcher(MatchOperator::kEqual, "a_b").Matches("a.b", "a_b"));
  EXPECT_TRUE(Matcher(MatchOperator::kEqual, "a.b").Matches("a.b", "a_b"));
  EXPECT_FALSE(Matcher(MatchOperator::kNotEqual, "a_b").Matches("a.b", "a_b"));
  EXPECT_FALSE(Matcher(MatchOperator::kNoMatch, "a[.]b").Matches("a.b", "a_b"));
  EXPECT_TRUE(Matcher(MatchOperator::kNotEqual, "c").Matches("a.b", "a_b"));
}

TEST(LabelMatcherTest, SaysWhyAnExpressionIsRefusedWithoutIt) {
  EXPECT_EQ(Refusal("sec(ret"), "the regular expression is refused: missing )");
  EXPECT_EQ(Refusal("[secret"), "the regular expression is refused: missing ]");
  EXPECT_EQ(Refusal("*secret"), "the regular expression is refused: no argument for repetition operator");
  EXPECT_EQ(Refusal("a(?=secret)"), "the regular expression is refused: invalid perl operator");
  EXPECT_EQ(Refusal("\xFF"), "the regular expression is refused: invalid UTF-8");
}

TEST(LabelMatcherTest, RefusesAnExpressionThatClosesWhatItDidNotOpen) {
  EXPECT_EQ(Refusal("a)(b"), "the regular expression is refused: unexpected )");
}

TEST(LabelMatcherTest, BoundsWhatAnExpressionMayTake) {
  EXPECT_EQ(Refusal("(x{1,1000}){1,1000}"), "the regular expression is refused: invalid repetition size");
  EXPECT_EQ(Refusal("((((a{1,30}){1,30}){1,30}b)c)"), "the regular expression is refused: invalid repetition size");
  EXPECT_EQ(Refusal("\\pL{900}"), "the regular expression is refused: pattern too large - compile failed");
  EXPECT_EQ(Refusal("[a-z]{1000}"), "");
}

}  // namespace
}  // namespace streamhouse::exporters
