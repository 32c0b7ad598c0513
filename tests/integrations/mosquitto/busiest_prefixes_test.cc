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
  prefixes.EndPeriod([&](const BusiestPrefixes::Place& place, const std::string& before) {
    changes.push_back(before + ">" + place.prefix);
  });
  return changes;
}

// Counts the same in two periods. The changes at the end of the second; the first has none.
template <typename Counts>
std::vector<std::string> ChangesAfterTwo(BusiestPrefixes& prefixes, const Counts& count) {
  count();
  EXPECT_THAT(ChangesAtTheEndOf(prefixes), IsEmpty());
  count();
  return ChangesAtTheEndOf(prefixes);
}

class BusiestPrefixesTest : public ::testing::Test {
 protected:
  BusiestPrefixes prefixes_{2};
  BusiestPrefixes::Place* const a_ = prefixes_.Count("a");
  BusiestPrefixes::Place* const b_ = prefixes_.Count("b");
};

TEST_F(BusiestPrefixesTest, TheFirstOnesGetPlaces) {
  EXPECT_EQ(prefixes_.Count("a"), a_);
  EXPECT_EQ(prefixes_.Count("b"), b_);
  EXPECT_NE(a_, b_);
  EXPECT_EQ(prefixes_.Count("c"), nullptr);
}

TEST_F(BusiestPrefixesTest, ABusierPrefixTakesThePlaceOfTheLeastBusyOne) {
  const auto changes = ChangesAfterTwo(prefixes_, [this] {
    CountTimes(prefixes_, "a", 100);
    CountTimes(prefixes_, "c", 10);
  });
  EXPECT_THAT(changes, ElementsAre("b>c"));
  EXPECT_EQ(prefixes_.Count("c"), b_);
  EXPECT_EQ(prefixes_.Count("b"), nullptr);
  EXPECT_EQ(prefixes_.Count("a"), a_);
}

TEST_F(BusiestPrefixesTest, TwiceAsManyMessagesAreNotEnough) {
  ChangesAtTheEndOf(prefixes_);
  const auto count = [this](int messages) {
    CountTimes(prefixes_, "a", 100);
    CountTimes(prefixes_, "b", 20);
    CountTimes(prefixes_, "c", messages);
  };
  EXPECT_THAT(ChangesAfterTwo(prefixes_, [&] { count(40); }), IsEmpty());
  EXPECT_THAT(ChangesAfterTwo(prefixes_, [&] { count(41); }), ElementsAre("b>c"));
}

TEST_F(BusiestPrefixesTest, AFewMessagesDoNotPushOutAQuietPrefix) {
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  EXPECT_THAT(
      ChangesAfterTwo(prefixes_, [this] { CountTimes(prefixes_, "c", static_cast<int>(kTakeoverMessagesMin) - 1); }),
      IsEmpty());
}

TEST_F(BusiestPrefixesTest, CountsOfEarlierPeriodsDoNotCount) {
  CountTimes(prefixes_, "a", 1'000);
  CountTimes(prefixes_, "b", 1'000);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  const auto changes = ChangesAfterTwo(prefixes_, [this] {
    CountTimes(prefixes_, "b", 1);
    CountTimes(prefixes_, "c", 10);
  });
  EXPECT_THAT(changes, ElementsAre("a>c"));
}

// The method: prefixes that come once fill the table of watched ones many times over, so that none
// of them is certain.
TEST_F(BusiestPrefixesTest, AFloodOfPrefixesTakesNoPlace) {
  for (int i = 0; i < 100'000; ++i) prefixes_.Count("flood/" + std::to_string(i));
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
}

TEST_F(BusiestPrefixesTest, ABusyPrefixIsFoundInAFlood) {
  const auto changes = ChangesAfterTwo(prefixes_, [this] {
    for (int i = 0; i < 100'000; ++i) {
      prefixes_.Count("flood/" + std::to_string(i));
      if (i % 50 == 0) prefixes_.Count("busy");
    }
  });
  EXPECT_THAT(changes, ElementsAre("a>busy"));
}

TEST_F(BusiestPrefixesTest, SeveralPlacesMayChangeHandsAtOnce) {
  const auto changes = ChangesAfterTwo(prefixes_, [this] {
    CountTimes(prefixes_, "c", 30);
    CountTimes(prefixes_, "d", 20);
    CountTimes(prefixes_, "e", 25);
  });
  EXPECT_THAT(changes, ElementsAre("a>c", "b>e"));
}

TEST_F(BusiestPrefixesTest, APeriodBetweenTwoWinsTakesTheFirstOneAway) {
  CountTimes(prefixes_, "c", 30);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
  CountTimes(prefixes_, "c", 30);
  EXPECT_THAT(ChangesAtTheEndOf(prefixes_), IsEmpty());
}

// The attack: a client invents as many prefixes as are watched, each with enough messages to win.
void CountInvented(BusiestPrefixes& prefixes, int batch) {
  for (std::size_t i = 0; i < kWatchedPrefixes; ++i) {
    CountTimes(prefixes, "batch" + std::to_string(batch) + "/" + std::to_string(i), kTakeoverMessagesMin);
  }
}

BusiestPrefixes ThousandQuietPrefixes() {
  BusiestPrefixes prefixes(1'000);
  for (int i = 0; i < 1'000; ++i) prefixes.Count("honest/" + std::to_string(i));
  return prefixes;
}

TEST(BusiestPrefixesAttackTest, PrefixesOfOnePeriodTakeNoPlace) {
  BusiestPrefixes prefixes = ThousandQuietPrefixes();
  for (int period = 0; period < 10; ++period) {
    CountInvented(prefixes, period);
    EXPECT_THAT(ChangesAtTheEndOf(prefixes), IsEmpty()) << period;
  }
}

TEST(BusiestPrefixesAttackTest, PrefixesOfTwoPeriodsTakeFewPlaces) {
  BusiestPrefixes prefixes = ThousandQuietPrefixes();
  for (int period = 0; period < 10; ++period) {
    CountInvented(prefixes, period / 2);
    EXPECT_EQ(ChangesAtTheEndOf(prefixes).size(), period % 2 == 0 ? 0U : kTakeoversMax) << period;
  }
}

TEST(BusiestPrefixesAttackTest, APrefixThatWonBeyondTheCapTakesAPlaceInTheNextPeriod) {
  BusiestPrefixes prefixes = ThousandQuietPrefixes();
  ChangesAtTheEndOf(prefixes);
  const auto count = [&] {
    for (std::size_t i = 0; i < 2 * kTakeoversMax; ++i) CountTimes(prefixes, "busy/" + std::to_string(i), 100);
  };
  EXPECT_EQ(ChangesAfterTwo(prefixes, count).size(), kTakeoversMax);
  count();
  EXPECT_EQ(ChangesAtTheEndOf(prefixes).size(), kTakeoversMax);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
