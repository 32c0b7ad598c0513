#include "metrics_core/internal/series/series_ref.h"

#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"

namespace streamhouse::metrics::internal {
namespace {

class SeriesRefTest : public testing::Test {
 protected:
  const Slot slot_ = AllocateRun({});
  SeriesRef ref_ = SeriesRef::Adopt(slot_);
};

TEST_F(SeriesRefTest, TakesOverTheReferenceOfItsMaker) {
  EXPECT_EQ(ref_.slot(), slot_);
  EXPECT_EQ(RunReferences(slot_), 1U);
  ref_ = SeriesRef();
  EXPECT_EQ(RunReferences(slot_), 0U);
}

TEST_F(SeriesRefTest, HandsItsReferenceToTheCaller) {
  EXPECT_EQ(ref_.Release(), slot_);
  EXPECT_EQ(ref_.slot(), kSinkSlot);
  EXPECT_EQ(RunReferences(slot_), 1U);
  DereferenceRun(slot_);
}

TEST_F(SeriesRefTest, ACopyIsAnotherReference) {
  const SeriesRef copy = ref_;
  EXPECT_EQ(copy.slot(), slot_);
  EXPECT_EQ(RunReferences(slot_), 2U);
}

TEST_F(SeriesRefTest, AMoveIsNoneAndLeavesTheSink) {
  const SeriesRef moved = std::move(ref_);
  EXPECT_EQ(moved.slot(), slot_);
  EXPECT_EQ(ref_.slot(), kSinkSlot);  // NOLINT(bugprone-use-after-move): what it is then is the question
  EXPECT_EQ(RunReferences(slot_), 1U);
}

TEST_F(SeriesRefTest, AssignmentGivesTheOldReferenceBack) {
  const Slot other = AllocateRun({});
  ref_ = SeriesRef::Adopt(other);
  EXPECT_EQ(RunReferences(slot_), 0U);
  EXPECT_EQ(RunReferences(other), 1U);
}

TEST_F(SeriesRefTest, MayBeAssignedToItself) {
  const SeriesRef& same = ref_;
  ref_ = same;
  EXPECT_EQ(ref_.slot(), slot_);
  EXPECT_EQ(RunReferences(slot_), 1U);
}

TEST_F(SeriesRefTest, ThreadsMayCopyAndDropIt) {
  const auto copy_and_drop = [&] {
    for (int i = 0; i < 20'000; ++i) const SeriesRef copy = ref_;
  };
  std::thread other(copy_and_drop);
  copy_and_drop();
  other.join();
  EXPECT_EQ(RunReferences(slot_), 1U);
}

TEST_F(SeriesRefTest, ADefaultConstructedOneIsTheSinksAndCountsNothing) {
  const SeriesRef sink;
  const SeriesRef copy = sink;
  EXPECT_EQ(copy.slot(), kSinkSlot);
  EXPECT_EQ(RunReferences(kSinkSlot), 0U);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
