#include "exporters/encoding/weighted_list.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::exporters {
namespace {

// "name;parameter=value q", joined by " | ".
std::string Parsed(std::string_view header) {
  std::string text;
  for (const WeightedElement& element : ParseWeightedList(header)) {
    if (!text.empty()) text += " | ";
    text += element.name;
    for (const auto& [name, value] : element.parameters) text.append(";").append(name).append("=").append(value);
    text += " " + std::to_string(static_cast<int>(element.weight * 100));
  }
  return text;
}

TEST(WeightedListTest, PutsTheMostWantedFirst) {
  EXPECT_EQ(Parsed("a;q=0.1,b;q=0.9,c"), "c 100 | b 90 | a 10");
}

TEST(WeightedListTest, KeepsTheOrderOfEqualWeights) {
  EXPECT_EQ(Parsed("b;q=0.5,a;q=0.5,c;q=0.5"), "b 50 | a 50 | c 50");
}

TEST(WeightedListTest, ReadsParameters) {
  EXPECT_EQ(Parsed("text/plain; version=0.0.4 ;q=0.5;charset=\"utf-8\""), "text/plain;version=0.0.4;charset=utf-8 50");
}

TEST(WeightedListTest, DoesNotSplitInsideQuotes) {
  EXPECT_EQ(Parsed("a;b=\"x,y;q=0\\\"z\";q=0.5, c"), "c 100 | a;b=x,y;q=0\\\"z 50");
}

TEST(WeightedListTest, PutsRefusalsLast) {
  EXPECT_EQ(Parsed("a;q=0,b;q=0.001"), "b 0 | a 0");
}

TEST(WeightedListTest, TakesSenselessWeightsForOne) {
  EXPECT_EQ(Parsed("a;q=x"), "a 100");
  EXPECT_EQ(Parsed("a;q=2"), "a 100");
  EXPECT_EQ(Parsed("a;q=-1"), "a 100");
  EXPECT_EQ(Parsed("a;q=nan"), "a 100");
  EXPECT_EQ(Parsed("a;q="), "a 100");
}

TEST(WeightedListTest, LeavesOutMalformedEntries) {
  EXPECT_EQ(Parsed(""), "");
  EXPECT_EQ(Parsed(" , ,\t,"), "");
  EXPECT_EQ(Parsed(";q=1,a;;=;=b;c"), "a;c= 100");
  EXPECT_EQ(Parsed("\"never ended, a"), "\"never ended, a 100");
}

TEST(WeightedListTest, FindsParametersWithoutCase) {
  const auto elements = ParseWeightedList("a;Version=1;Q=0.5");
  ASSERT_EQ(elements.size(), 1U);
  EXPECT_EQ(elements[0].Parameter("version"), "1");
  EXPECT_EQ(elements[0].Parameter("other"), "");
  EXPECT_EQ(elements[0].weight, 0.5);
}

}  // namespace
}  // namespace streamhouse::exporters
