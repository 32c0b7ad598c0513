#include "exporters/select/selection.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace streamhouse::exporters {
namespace {

std::string Refusal(const std::vector<std::string>& selectors) {
  return Selection::Parse({}, selectors).status().message();
}

TEST(SelectionTest, ChoosesAllUnlessTold) {
  EXPECT_TRUE(Selection().chooses_all());
  EXPECT_TRUE(Selection::Parse({}, {}).value().chooses_all());
  EXPECT_FALSE(Selection::Parse({"a"}, {}).value().chooses_all());
  EXPECT_FALSE(Selection::Parse({}, {"a"}).value().chooses_all());
}

TEST(SelectionTest, TakesAStarAtTheEndForAnyRest) {
  EXPECT_TRUE(NamePattern("orders_*").Matches("orders_total"));
  EXPECT_TRUE(NamePattern("orders_*").Matches("orders_"));
  EXPECT_FALSE(NamePattern("orders_*").Matches("orders"));
  EXPECT_FALSE(NamePattern("orders").Matches("orders_total"));
  EXPECT_FALSE(NamePattern("*_total").Matches("orders_total"));
  EXPECT_TRUE(NamePattern("*").Matches("orders"));
}

TEST(SelectionTest, SaysWhichSelectorIsWrong) {
  EXPECT_EQ(Refusal({"up", "{a=}"}), "match[] number 2: at character 4: a string in quotes is expected");
  EXPECT_EQ(Refusal({"up", ""}), "match[] number 2: at character 1: a name or { is expected");
}

TEST(SelectionTest, BoundsTheSelectors) {
  EXPECT_EQ(Refusal(std::vector<std::string>(kSelectorsMax, "up")), "");
  EXPECT_EQ(Refusal(std::vector<std::string>(kSelectorsMax + 1, "up")), "there are more than 16 match[]");
  const std::string longest = "{a=\"" + std::string(kSelectorBytesMax - 6, 'x') + "\"}";
  EXPECT_EQ(Refusal({longest}), "");
  EXPECT_EQ(Refusal({"up", longest + " "}), "match[] number 2: it has more than 4096 bytes");
}

TEST(SelectionTest, BoundsTheMatchersOfAllSelectorsTogether) {
  std::string expressions = "{";
  for (std::size_t i = 0; i < kExpressionsMax / 2; ++i) expressions += "a=~\"x\",";
  expressions += "}";
  EXPECT_EQ(Refusal({expressions, expressions}), "");
  EXPECT_EQ(Refusal({expressions, expressions, "{a=~\"\"}"}),
            "match[] number 3: at character 5: too many regular expressions");
  std::string matchers = "{";
  for (std::size_t i = 0; i < kMatchersMax; ++i) matchers += "a=\"\",";
  EXPECT_EQ(Refusal({matchers + "}"}), "");
  EXPECT_EQ(Refusal({matchers + "}", "up"}), "match[] number 2: at character 1: too many matchers");
}

}  // namespace
}  // namespace streamhouse::exporters
