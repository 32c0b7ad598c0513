#include "metrics_core/internal/recording_kind.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

constexpr Slot kBuckets = 3;

TEST(RecordingKindTest, ANumberHasOneCell) {
  EXPECT_EQ(ShapeOf(RecordingKind::kCounter, CellStorage::kPerThread, kBuckets).length, 1U);
  EXPECT_EQ(ShapeOf(RecordingKind::kDoubleGauge, CellStorage::kPerThread, kBuckets).length, 1U);
}

TEST(RecordingKindTest, AnUpDownCounterHasACellForEachDirection) {
  EXPECT_EQ(ShapeOf(RecordingKind::kUpDownCounter, CellStorage::kPerThread, kBuckets).length, 2U);
}

TEST(RecordingKindTest, AHistogramHasACellForEachBucket) {
  EXPECT_EQ(ShapeOf(RecordingKind::kHistogram, CellStorage::kPerThread, kBuckets).length, kFirstBucketCell + kBuckets);
  EXPECT_EQ(ShapeOf(RecordingKind::kExponentialHistogram, CellStorage::kPerThread, kBuckets).length,
            kExponentialRunCells);
}

TEST(RecordingKindTest, StorageIsAsAskedUnlessTheKindHasOneOnly) {
  const auto storage = [](RecordingKind kind, CellStorage asked) { return ShapeOf(kind, asked, kBuckets).storage; };
  EXPECT_EQ(storage(RecordingKind::kCounter, CellStorage::kShared), CellStorage::kShared);
  EXPECT_EQ(storage(RecordingKind::kCounter, CellStorage::kPerThread), CellStorage::kPerThread);
  EXPECT_EQ(storage(RecordingKind::kGauge, CellStorage::kPerThread), CellStorage::kShared);
  EXPECT_EQ(storage(RecordingKind::kExponentialHistogram, CellStorage::kShared), CellStorage::kPerThread);
}

TEST(RecordingKindTest, SeveralKindsRecordOneKindOfMetric) {
  EXPECT_EQ(Describe(RecordingKind::kDoubleCounter).metric, MetricKind::kCounter);
  EXPECT_EQ(Describe(RecordingKind::kTickHistogram).metric, MetricKind::kHistogram);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
