#include "agent/log/damage_list.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace streamhouse::agent {
namespace {

class DamageListTest : public testing::Test {
 protected:
  void Note(std::uint64_t first, std::uint64_t next) { damages_.Note({.lost = {first, next}, .reason = "why"}); }

  DamageList damages_;
};

TEST_F(DamageListTest, FindsTheRangeOfAnOffset) {
  Note(3, 5);
  EXPECT_EQ(damages_.Find(2), std::nullopt);
  EXPECT_EQ(damages_.Find(3), (OffsetRange{3, 5}));
  EXPECT_EQ(damages_.Find(4), (OffsetRange{3, 5}));
  EXPECT_EQ(damages_.Find(5), std::nullopt);
}

TEST_F(DamageListTest, MakesOneOfRangesThatMeet) {
  Note(3, 5);
  Note(8, 9);
  Note(5, 8);
  EXPECT_EQ(damages_.Find(4), (OffsetRange{3, 9}));
  EXPECT_EQ(damages_.size(), 1U);
}

TEST_F(DamageListTest, CountsTheDamagedOffsetsOfARange) {
  Note(3, 5);
  Note(8, 10);
  EXPECT_EQ(damages_.CountIn({0, 3}), 0U);
  EXPECT_EQ(damages_.CountIn({0, 20}), 4U);
  EXPECT_EQ(damages_.CountIn({4, 9}), 2U);
  EXPECT_EQ(damages_.CountIn({5, 8}), 0U);
  EXPECT_EQ(damages_.CountIn({10, 11}), 0U);
}

TEST_F(DamageListTest, TellsOfEachOffsetOnce) {
  Note(3, 5);
  Note(3, 5);
  Note(3, 9);
  const auto news = damages_.TakeNew();
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(news[0].ToString(), "offsets 3 to 4 cannot be read: why");
  EXPECT_EQ(news[1].lost, (OffsetRange{5, 9}));
  EXPECT_TRUE(damages_.TakeNew().empty());
}

TEST_F(DamageListTest, ForgetsDamagesBelowTheLogStartOffset) {
  Note(3, 5);
  Note(8, 9);
  damages_.DropBelow(5);
  EXPECT_EQ(damages_.First().lost, (OffsetRange{8, 9}));
  damages_.DropBelow(9);
  EXPECT_TRUE(damages_.empty());
}

TEST_F(DamageListTest, IsBoundedAndForgetsTheLowest) {
  for (std::uint64_t i = 0; i <= DamageList::kDamagesMax; ++i) Note(2 * i, 2 * i + 1);
  EXPECT_EQ(damages_.size(), DamageList::kDamagesMax);
  EXPECT_EQ(damages_.Find(0), std::nullopt);
}

TEST_F(DamageListTest, KeepsTheRangeThatWasNotedLast) {
  for (std::uint64_t i = DamageList::kDamagesMax + 1; i > 0; --i) Note(2 * i, 2 * i + 1);
  EXPECT_EQ(damages_.size(), DamageList::kDamagesMax);
  EXPECT_EQ(damages_.Find(2), (OffsetRange{2, 3}));
}

}  // namespace
}  // namespace streamhouse::agent
