#include "agent/log/log_openings.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace streamhouse::agent {
namespace {

// Opens a log again and again, and stores each opening unless told otherwise.
class LogOpeningsTest : public testing::Test {
 protected:
  LogOpenings Open(std::uint64_t end_offset) {
    LogOpenings openings(stored_, end_offset);
    stored_ = openings.stored();
    return openings;
  }
  std::uint64_t OpenWithoutStoring(std::uint64_t end_offset) const {
    return LogOpenings(stored_, end_offset).current().id;
  }

  std::vector<LogOpening> stored_;
};

TEST_F(LogOpeningsTest, AReaderGoesBackToTheLowestEndSinceItsOwnOpening) {
  const std::uint64_t first = Open(0).current().id;
  const std::uint64_t cut = Open(90).current().id;
  const LogOpenings now = Open(110);
  EXPECT_EQ(now.LowestEndSince(first), 90U);
  EXPECT_EQ(now.LowestEndSince(cut), 110U);
}

TEST_F(LogOpeningsTest, AReaderOfThisOpeningOrOfNoneIsToldItsEnd) {
  Open(0);
  Open(90);
  const LogOpenings now = Open(110);
  EXPECT_EQ(now.LowestEndSince(now.current().id), 110U);
  EXPECT_EQ(now.LowestEndSince(0), 110U);
}

// As after metadata.db was restored from a backup, or from an agent that drew ids at random.
TEST_F(LogOpeningsTest, AReaderOfALaterOpeningThanTheCurrentOneGoesBackToTheLowestEndOfAll) {
  Open(80);
  Open(90);
  EXPECT_EQ(Open(110).LowestEndSince(~std::uint64_t{0}), 80U);
}

// Invariants 1 and 2.
TEST_F(LogOpeningsTest, AnOpeningThatWasNotStoredIsKnownByItsPlace) {
  Open(50);
  const std::uint64_t idle = OpenWithoutStoring(100);
  Open(80);
  EXPECT_EQ(Open(120).LowestEndSince(idle), 80U);
}

TEST_F(LogOpeningsTest, KeepsOnlyOpeningsThatChangeAResult) {
  for (const std::uint64_t end : {10, 20, 30, 20}) Open(end);
  ASSERT_EQ(stored_.size(), 2U);
  EXPECT_EQ(stored_[0].end_offset, 10U);
  EXPECT_EQ(stored_[1].end_offset, 20U);
}

TEST_F(LogOpeningsTest, NoResultIsTooHighAfterMoreOpeningsThanItKeeps) {
  std::vector<std::uint64_t> ids;
  for (std::uint64_t i = 0; i < 3 * kEarlierOpeningsMax; ++i) ids.push_back(Open(10 * i).current().id);
  EXPECT_EQ(stored_.size(), kEarlierOpeningsMax);
  const LogOpenings now = Open(1000);
  for (std::uint64_t i = 0; i + 1 < ids.size(); ++i) EXPECT_LE(now.LowestEndSince(ids[i]), 10 * (i + 1)) << i;
  EXPECT_EQ(now.LowestEndSince(ids[ids.size() - 2]), 10 * (ids.size() - 1));
}

}  // namespace
}  // namespace streamhouse::agent
