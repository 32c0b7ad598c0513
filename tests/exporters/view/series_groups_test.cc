#include "exporters/view/series_groups.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace streamhouse::exporters {
namespace {

class SeriesGroupsTest : public testing::Test {
 protected:
  const std::vector<std::string> left_out_ = {"partition", "group"};
  std::deque<std::string> texts_;
  SeriesGroups groups_{left_out_, texts_};
};

TEST_F(SeriesGroupsTest, LeavesLabelsOutAtEveryPlace) {
  groups_.Find(R"(partition="1",topic="a",code="0")");
  groups_.Find(R"(topic="b",partition="1",code="0")");
  groups_.Find(R"(topic="c",code="0",partition="1")");
  groups_.Find(R"(partition="1",group="g")");
  EXPECT_EQ(texts_,
            (std::deque<std::string>{R"(topic="a",code="0")", R"(topic="b",code="0")", R"(topic="c",code="0")", ""}));
}

TEST_F(SeriesGroupsTest, NumbersThemInTheOrderOfTheirFirstSeries) {
  EXPECT_EQ(groups_.Find(R"(topic="b",partition="1")"), 0U);
  EXPECT_EQ(groups_.Find(R"(topic="a",partition="1")"), 1U);
  EXPECT_EQ(groups_.Find(R"(topic="b",partition="2")"), 0U);
  EXPECT_EQ(groups_.Find(R"(topic="c",partition="1")"), 2U);
  EXPECT_EQ(groups_.Find(R"(topic="c",partition="2")"), 2U);
  EXPECT_EQ(groups_.size(), 3U);
}

TEST_F(SeriesGroupsTest, ASeriesOfNothingElseIsAGroupToo) {
  EXPECT_EQ(groups_.Find(R"(partition="1")"), 0U);
  EXPECT_EQ(groups_.Find(R"(partition="2")"), 0U);
  EXPECT_EQ(groups_.Find(R"(topic="")"), 1U);
}

TEST_F(SeriesGroupsTest, KeepsValuesAsTheyAreEscaped) {
  groups_.Find(R"(a="\",partition=\"\\",partition="\n,",b="\\")");
  EXPECT_EQ(texts_[0], R"(a="\",partition=\"\\",b="\\")");
}

TEST_F(SeriesGroupsTest, HoldsMany) {
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 10'000; ++i) {
      ASSERT_EQ(groups_.Find("topic=\"" + std::to_string(i) + "\",partition=\"1\""), i);
    }
  }
}

}  // namespace
}  // namespace streamhouse::exporters
