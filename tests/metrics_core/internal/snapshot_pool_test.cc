#include "metrics_core/internal/snapshot_pool.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

class SnapshotPoolTest : public testing::Test {
 protected:
  const std::shared_ptr<LiveSnapshots> live_snapshots_ = std::make_shared<LiveSnapshots>();
  SnapshotPool pool_{live_snapshots_};
};

TEST_F(SnapshotPoolTest, HandsOutBuffersThatCameBack) {
  std::unique_ptr<SnapshotBuffers> buffers = pool_.Take();
  const SnapshotBuffers* const first = buffers.get();
  pool_.Return(std::move(buffers), live_snapshots_->Begin());
  EXPECT_EQ(pool_.Take().get(), first);
}

TEST_F(SnapshotPoolTest, SnapshotsAtOnceHaveDifferentBuffers) {
  const std::unique_ptr<SnapshotBuffers> first = pool_.Take();
  EXPECT_NE(pool_.Take().get(), first.get());
}

TEST_F(SnapshotPoolTest, AReturnEndsTheSnapshot) {
  const std::uint64_t snapshot = live_snapshots_->Begin();
  EXPECT_FALSE(live_snapshots_->AllEndedBefore(live_snapshots_->Next()));
  pool_.Return(pool_.Take(), snapshot);
  EXPECT_TRUE(live_snapshots_->AllEndedBefore(live_snapshots_->Next()));
}

TEST_F(SnapshotPoolTest, KeepsOneSpareHoweverManyCameBack) {
  std::unique_ptr<SnapshotBuffers> kept = pool_.Take();
  std::unique_ptr<SnapshotBuffers> freed = pool_.Take();
  const SnapshotBuffers* const first = kept.get();
  pool_.Return(std::move(kept), live_snapshots_->Begin());
  pool_.Return(std::move(freed), live_snapshots_->Begin());
  EXPECT_EQ(pool_.Take().get(), first);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
