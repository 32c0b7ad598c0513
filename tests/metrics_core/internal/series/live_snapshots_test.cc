#include "metrics_core/internal/series/live_snapshots.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

// Invariant 1.
TEST(LiveSnapshotsTest, SnapshotsAreNumberedAsTheyBegin) {
  LiveSnapshots live_snapshots;
  const std::uint64_t next = live_snapshots.Next();
  EXPECT_EQ(live_snapshots.Begin(), next);
  EXPECT_EQ(live_snapshots.Begin(), next + 1);
  EXPECT_EQ(live_snapshots.Next(), next + 2);
}

TEST(LiveSnapshotsTest, WithoutSnapshotsEveryNumberHasEnded) {
  const LiveSnapshots live_snapshots;
  EXPECT_TRUE(live_snapshots.AllEndedBefore(0));
  EXPECT_TRUE(live_snapshots.AllEndedBefore(UINT64_MAX));
}

// Invariant 2.
TEST(LiveSnapshotsTest, ASnapshotHoldsUpWhatWasUnlinkedAfterItBegan) {
  LiveSnapshots live_snapshots;
  const std::uint64_t snapshot = live_snapshots.Begin();
  const std::uint64_t unlinked = live_snapshots.Next();
  EXPECT_FALSE(live_snapshots.AllEndedBefore(unlinked));
  live_snapshots.End(snapshot);
  EXPECT_TRUE(live_snapshots.AllEndedBefore(unlinked));
}

TEST(LiveSnapshotsTest, ASnapshotDoesNotHoldUpWhatWasUnlinkedBeforeItBegan) {
  LiveSnapshots live_snapshots;
  const std::uint64_t unlinked = live_snapshots.Next();
  live_snapshots.Begin();
  EXPECT_TRUE(live_snapshots.AllEndedBefore(unlinked));
}

TEST(LiveSnapshotsTest, TheOldestSnapshotDecides) {
  LiveSnapshots live_snapshots;
  const std::uint64_t old = live_snapshots.Begin();
  const std::uint64_t young = live_snapshots.Begin();
  const std::uint64_t unlinked = live_snapshots.Next();
  live_snapshots.End(young);
  EXPECT_FALSE(live_snapshots.AllEndedBefore(unlinked));
  live_snapshots.End(old);
  EXPECT_TRUE(live_snapshots.AllEndedBefore(unlinked));
}

}  // namespace
}  // namespace streamhouse::metrics::internal
