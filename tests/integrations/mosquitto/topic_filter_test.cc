#include "integrations/mosquitto/topic_filter.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::mosquitto_plugin {
namespace {

TEST(TopicFilterTest, MatchesLevelByLevel) {
  EXPECT_TRUE(MatchesFilter("home/light", "home/light"));
  EXPECT_FALSE(MatchesFilter("home/light", "home/lights"));
  EXPECT_FALSE(MatchesFilter("home/light", "home"));
  EXPECT_FALSE(MatchesFilter("home", "home/light"));
  EXPECT_FALSE(MatchesFilter("home", "/home"));
  EXPECT_FALSE(MatchesFilter("home", "home/"));
}

TEST(TopicFilterTest, APlusIsOneLevelAlsoAnEmptyOne) {
  EXPECT_TRUE(MatchesFilter("device/+/state", "device/7/state"));
  EXPECT_TRUE(MatchesFilter("device/+/state", "device//state"));
  EXPECT_TRUE(MatchesFilter("+/state", "/state"));
  EXPECT_FALSE(MatchesFilter("device/+/state", "device/7/8/state"));
  EXPECT_FALSE(MatchesFilter("device/+", "device"));
}

TEST(TopicFilterTest, AHashMatchesAnyNumberOfLevelsAndNone) {
  EXPECT_TRUE(MatchesFilter("device/#", "device/7/state"));
  EXPECT_TRUE(MatchesFilter("device/#", "device"));
  EXPECT_TRUE(MatchesFilter("device/+/#", "device/7"));
  EXPECT_FALSE(MatchesFilter("device/#", "devices"));
  EXPECT_FALSE(MatchesFilter("device/+/#", "device"));
}

TEST(TopicFilterTest, WildcardsAtTheBeginningMatchNoDollar) {
  EXPECT_FALSE(MatchesFilter("+/uptime", "$SYS/uptime"));
  EXPECT_TRUE(MatchesFilter("$SYS/#", "$SYS/uptime"));
}

TEST(TopicFilterTest, RefusesFiltersThatAreNone) {
  for (const char* const filter : {"", "#", "a/#/b", "a#", "a/b+", "+b/c", "_overflow"}) {
    EXPECT_FALSE(CheckTopicFilter(filter).ok()) << filter;
  }
  for (const char* const filter : {"a", "+", "a/+/b", "a/#", "+/#", "/", "$share/x"}) {
    EXPECT_TRUE(CheckTopicFilter(filter).ok()) << filter;
  }
}

TEST(TopicFilterTest, RefusesFiltersThatAreTooLongForALabel) {
  EXPECT_TRUE(CheckTopicFilter(std::string(kPrefixBytesMax, 'a')).ok());
  EXPECT_FALSE(CheckTopicFilter(std::string(kPrefixBytesMax + 1, 'a')).ok());
}

TEST(TopicFilterTest, FirstLevelsHaveNoSlashBehindThem) {
  EXPECT_EQ(FirstLevels("home/kitchen/light", 1), "home");
  EXPECT_EQ(FirstLevels("home/kitchen/light", 2), "home/kitchen");
  EXPECT_EQ(FirstLevels("home/kitchen/light", 3), "home/kitchen/light");
  EXPECT_EQ(FirstLevels("home/kitchen/light", 9), "home/kitchen/light");
  EXPECT_EQ(FirstLevels("home", 1), "home");
  EXPECT_EQ(FirstLevels("home/light", 0), "");
}

TEST(TopicFilterTest, ASlashAtTheBeginningBelongsToTheFirstLevel) {
  EXPECT_EQ(FirstLevels("/home/light", 1), "/home");
  EXPECT_EQ(FirstLevels("/home/light", 2), "/home/light");
  EXPECT_EQ(FirstLevels("/", 1), "/");
  EXPECT_EQ(FirstLevels("//light", 1), "/");
  EXPECT_EQ(FirstLevels("home//light", 2), "home/");
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
