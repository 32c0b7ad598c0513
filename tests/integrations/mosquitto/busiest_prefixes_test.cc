#include "integrations/mosquitto/busiest_prefixes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace streamhouse::mosquitto_plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void CountTimes(BusiestPrefixes& prefixes, const std::string& prefix, int times) {
  for (int i = 0; i < times; ++i) prefixes.Count(prefix);
}

// "before>now" for each place that changes hands.
std::vector<std::string> ChangesAtTheEndOf(BusiestPrefixes& prefixes) {
  std::vector<std::string> changes;
  prefixes.EndPeriod(
      [&](std::uint32_t, const std::string& before, const std::string& now) { changes.push_back(before + ">" + now); });
  return changes;
}

class BusiestPrefixesTest : public ::testing::Test {
 protected:
  BusiestPrefixesTest() {
    prefixes_.Count("a");
    prefixes_.Count("b");
  }

  BusiestPrefixes prefixes_{2};
};

TEST_F(BusiestPrefixesTest, TheFirstOnesGetPlacesInTheirOrder) {
  EXPECT_EQ(prefixes_.Count("a"), 0U);
  EXPECT_EQ(prefixes_.Count("b"), 1U);
  EXPECT_EQ(prefixes_.Count("c"), std::nullopt);
}

TEST_F(BusiestPrefixesTest, ABusierPrefixTakesThePlaceOfTheLeastBusyOne) {
  CountTimes(prefixes_, "a", 100);
  CountTimes(prefixes_, "c", 10);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), ElementsAre("b>c"));
  EXPECT_EQ(prefixes_.Count("c"), 1U);
  EXPECT_EQ(prefixes_.Count("b"), std::nullopt);
  EXPECT_EQ(prefixes_.Count("a"), 0U);
}

TEST_F(BusiestPrefixesTest, TwiceAsManyMessagesAreNotEnough) {
  CountTimes(prefixes_, "a", 100);
  CountTimes(prefixes_, "b", 19);  // 20 with the first
  CountTimes(prefixes_, "c", 40);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  CountTimes(prefixes_, "a", 100);
  CountTimes(prefixes_, "b", 20);
  CountTimes(prefixes_, "c", 41);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), ElementsAre("b>c"));
}

TEST_F(BusiestPrefixesTest, AFewMessagesDoNotPushOutAQuietPrefix) {
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  CountTimes(prefixes_, "c", static_cast<int>(kTakeoverMessagesMin) - 1);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
}

TEST_F(BusiestPrefixesTest, CountsOfEarlierPeriodsDoNotCount) {
  CountTimes(prefixes_, "a", 1'000);
  CountTimes(prefixes_, "b", 1'000);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  CountTimes(prefixes_, "b", 1);
  CountTimes(prefixes_, "c", 10);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), ElementsAre("a>c"));
}

// The method: prefixes that come once fill the table of watched ones many times over, so that none
// of them is certain.
TEST_F(BusiestPrefixesTest, AFloodOfPrefixesTakesNoPlace) {
  for (int i = 0; i < 100'000; ++i) prefixes_.Count("flood/" + std::to_string(i));
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
}

TEST_F(BusiestPrefixesTest, ABusyPrefixIsFoundInAFlood) {
  for (int i = 0; i < 100'000; ++i) {
    prefixes_.Count("flood/" + std::to_string(i));
    if (i % 50 == 0) prefixes_.Count("busy");
  }
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), ElementsAre("a>busy"));
}

TEST_F(BusiestPrefixesTest, SeveralPlacesMayChangeHandsAtOnce) {
  CountTimes(prefixes_, "c", 30);
  CountTimes(prefixes_, "d", 20);
  CountTimes(prefixes_, "e", 25);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), ElementsAre("a>c", "b>e"));
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
