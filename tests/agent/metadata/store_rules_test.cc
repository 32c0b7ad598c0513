#include "agent/metadata/store_rules.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace streamhouse::agent {
namespace {

constexpr std::chrono::milliseconds kDuration{30'000};
const LeaseClaim kClaim = {.partition = {.topic = "orders", .partition = 0}};

LeaseRow HeldBy(const std::string& holder) {
  return {.holder = holder, .epoch = 4, .renewals = 7, .duration = kDuration};
}

TEST(StoreRulesTest, TheFirstHolderHasEpoch1) {
  LeaseRow row;
  EXPECT_TRUE(AcquireRow(row, kClaim, "a", kDuration));
  EXPECT_EQ(row, (LeaseRow{.holder = "a", .epoch = 1, .renewals = 1, .duration = kDuration}));
}

TEST(StoreRulesTest, AHolderRenewsAtItsEpoch) {
  LeaseRow row = HeldBy("a");
  EXPECT_TRUE(AcquireRow(row, kClaim, "a", kDuration));
  EXPECT_EQ(row, (LeaseRow{.holder = "a", .epoch = 4, .renewals = 8, .duration = kDuration}));
}

TEST(StoreRulesTest, ALeaseThatLastsChangesNothing) {
  LeaseRow row = HeldBy("a");
  EXPECT_FALSE(AcquireRow(row, kClaim, "b", kDuration));
  EXPECT_EQ(row, HeldBy("a"));
}

TEST(StoreRulesTest, ALeaseThatEndedOrWasReleasedGoesToTheNextHolderAtAHigherEpoch) {
  LeaseRow ended = HeldBy("a");
  LeaseClaim claim = kClaim;
  claim.ended = ended.version();
  EXPECT_TRUE(AcquireRow(ended, claim, "b", kDuration));
  EXPECT_EQ(ended.epoch, 5U);
  ASSERT_TRUE(ReleaseRow(ended, kClaim.partition, "b", 5).ok());
  EXPECT_TRUE(AcquireRow(ended, kClaim, "a", kDuration));
  EXPECT_EQ(ended.epoch, 6U);
}

TEST(StoreRulesTest, OnlyTheHolderReleasesAndOnlyItsEpoch) {
  LeaseRow row = HeldBy("a");
  EXPECT_EQ(ReleaseRow(row, kClaim.partition, "b", 4).code(), StatusCode::kAborted);
  EXPECT_EQ(ReleaseRow(row, kClaim.partition, "a", 3).message(), "the lease of orders/0 is not a's at epoch 3");
  EXPECT_EQ(row, HeldBy("a"));
}

TEST(StoreRulesTest, AnEpochRisesAndLeavesAReleasedRowWithoutAHolder) {
  LeaseRow row = HeldBy("a");
  EXPECT_FALSE(RaiseRow(row, 4));
  EXPECT_TRUE(RaiseRow(row, 9));
  EXPECT_EQ(row.holder, "a");
  row.duration = std::chrono::milliseconds(0);
  EXPECT_TRUE(RaiseRow(row, 10));
  EXPECT_EQ(row, (LeaseRow{.holder = "", .epoch = 10, .renewals = 7}));
}

TEST(StoreRulesTest, ARefusalNamesItsTopicOrOffset) {
  const TopicDescription stored = {.name = "orders", .partitions = 3};
  EXPECT_TRUE(CheckSamePartitions(stored, stored).ok());
  EXPECT_EQ(CheckSamePartitions({.name = "orders", .partitions = 4}, stored).message(),
            "topic orders has 3 partitions");
  EXPECT_TRUE(CheckMorePartitions(stored, 4).ok());
  EXPECT_EQ(CheckMorePartitions(stored, 3).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(CheckOffset((std::uint64_t{1} << 63) - 1).ok());
  EXPECT_EQ(CheckOffset(std::uint64_t{1} << 63).message(), "offset 9223372036854775808 is above 2^63 - 1");
  EXPECT_EQ(NoTopicWithId(7).message(), "there is no topic with the id 7");
}

}  // namespace
}  // namespace streamhouse::agent
