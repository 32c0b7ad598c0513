#include "metrics_core/internal/series/snapshot_epochs.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

TEST(SnapshotEpochsTest, SnapshotsAreNumberedAsTheyBegin) {
  SnapshotEpochs epochs;
  const std::uint64_t next = epochs.Next();
  EXPECT_EQ(epochs.Begin(), next);
  EXPECT_EQ(epochs.Begin(), next + 1);
  EXPECT_EQ(epochs.Next(), next + 2);
}

TEST(SnapshotEpochsTest, WithoutSnapshotsEveryNumberHasEnded) {
  const SnapshotEpochs epochs;
  EXPECT_TRUE(epochs.AllEndedBefore(0));
  EXPECT_TRUE(epochs.AllEndedBefore(UINT64_MAX));
}

TEST(SnapshotEpochsTest, ASnapshotHoldsUpWhatWasUnlinkedAfterItBegan) {
  SnapshotEpochs epochs;
  const std::uint64_t snapshot = epochs.Begin();
  const std::uint64_t unlinked = epochs.Next();
  EXPECT_FALSE(epochs.AllEndedBefore(unlinked));
  epochs.End(snapshot);
  EXPECT_TRUE(epochs.AllEndedBefore(unlinked));
}

TEST(SnapshotEpochsTest, ASnapshotDoesNotHoldUpWhatWasUnlinkedBeforeItBegan) {
  SnapshotEpochs epochs;
  const std::uint64_t unlinked = epochs.Next();
  epochs.Begin();
  EXPECT_TRUE(epochs.AllEndedBefore(unlinked));
}

TEST(SnapshotEpochsTest, TheOldestSnapshotDecides) {
  SnapshotEpochs epochs;
  const std::uint64_t old = epochs.Begin();
  const std::uint64_t young = epochs.Begin();
  const std::uint64_t unlinked = epochs.Next();
  epochs.End(young);
  EXPECT_FALSE(epochs.AllEndedBefore(unlinked));
  epochs.End(old);
  EXPECT_TRUE(epochs.AllEndedBefore(unlinked));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
