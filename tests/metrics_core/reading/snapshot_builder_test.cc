#include "metrics_core/reading/snapshot_builder.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

using Counters = CounterValues<std::uint64_t>;

class SnapshotBuilderTest : public testing::Test {
 protected:
  SnapshotBuilderTest() {
    counter_.name = "a_total";
    histogram_.name = "b";
    histogram_.kind = MetricKind::kHistogram;
    histogram_.bounds = {1, 2};
  }

  // A counter with two series, a family with none, and a histogram with one.
  Snapshot Build() {
    SnapshotBuilder builder(*buffers_);
    auto counters = builder.BeginFamily<Counters>(counter_, 2);
    counters.Add("x=\"1\"", 10);
    counters.Add("x=\"2\"", 20);
    builder.BeginFamily<Counters>(counter_, 0);
    auto histograms = builder.BeginFamily<HistogramValues>(histogram_, 1);
    const std::span<std::uint64_t> buckets = histograms.Add("y=\"1\"");
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] = i;
    histograms.SetTotals(4.5, 3);
    return builder.Finish(buffers_);
  }

  static const std::uint64_t* BucketsOf(const FamilySnapshot& histogram) {
    return histogram.As<HistogramValues>()[0].bucket_counts.data();
  }

  FamilyInfo counter_;
  FamilyInfo histogram_;
  std::shared_ptr<SnapshotBuffers> buffers_ = std::make_shared<SnapshotBuffers>();
};

TEST_F(SnapshotBuilderTest, FamiliesHoldWhatWasAddedToThem) {
  const Snapshot snapshot = Build();
  ASSERT_EQ(snapshot.families().size(), 3U);
  const FamilySnapshot& counter = snapshot.families()[0];
  EXPECT_EQ(&counter.info(), &counter_);
  ASSERT_EQ(counter.size(), 2U);
  EXPECT_EQ(counter.label_text(1), "x=\"2\"");
  EXPECT_EQ(counter.As<Counters>()[1], 20U);
  EXPECT_EQ(snapshot.families()[1].size(), 0U);
}

TEST_F(SnapshotBuilderTest, AHistogramHasItsBucketsAndTotals) {
  const Snapshot snapshot = Build();
  const FamilySnapshot& histogram = snapshot.families()[2];
  ASSERT_EQ(histogram.size(), 1U);
  const HistogramValue value = histogram.As<HistogramValues>()[0];
  EXPECT_EQ(value.bucket_counts.size(), 3U);
  EXPECT_EQ(value.bucket_counts[2], 2U);
  EXPECT_EQ(value.sum, 4.5);
  EXPECT_EQ(value.count, 3U);
}

TEST_F(SnapshotBuilderTest, BucketsAreHandedOutZeroedAlsoInUsedBuffers) {
  Build();
  SnapshotBuilder builder(*buffers_);
  auto histograms = builder.BeginFamily<HistogramValues>(histogram_, 1);
  for (const std::uint64_t bucket : histograms.Add("y=\"1\"")) EXPECT_EQ(bucket, 0U);
}

TEST_F(SnapshotBuilderTest, BuffersThatHaveGrownAreUsedAgain) {
  Build();
  const auto* const labels = buffers_->values[0].labels.data();
  const auto* const values = buffers_->values[2].unsigned_numbers.data();
  const Snapshot again = Build();
  EXPECT_EQ(buffers_->values[0].labels.data(), labels);
  EXPECT_EQ(buffers_->values[2].unsigned_numbers.data(), values);
  EXPECT_EQ(again.families().size(), 3U);
}

TEST_F(SnapshotBuilderTest, BuffersHaveLittleMoreThanIsNeeded) {
  constexpr std::size_t kSeries = 1'000'000;
  SnapshotBuilder builder(*buffers_);
  builder.BeginFamily<Counters>(counter_, kSeries);
  EXPECT_GE(buffers_->values[0].unsigned_numbers.capacity(), kSeries);
  EXPECT_LE(buffers_->values[0].unsigned_numbers.capacity(), kSeries + 10'000);
}

TEST_F(SnapshotBuilderTest, MoreSeriesThanWereAnnouncedAreHeldToo) {
  SnapshotBuilder builder(*buffers_);
  auto counters = builder.BeginFamily<Counters>(counter_, 0);
  for (std::uint64_t i = 0; i < 1'000; ++i) counters.Add("", i);
  auto histograms = builder.BeginFamily<HistogramValues>(histogram_, 0);
  histograms.Add("")[0] = 7;
  histograms.SetTotals(1, 7);
  const Snapshot snapshot = builder.Finish(buffers_);
  EXPECT_EQ(snapshot.families()[0].As<Counters>()[999], 999U);
  EXPECT_EQ(snapshot.families()[1].As<HistogramValues>()[0].bucket_counts[0], 7U);
}

TEST_F(SnapshotBuilderTest, AFamilyOfAnotherSnapshotStandsAmongItsOwn) {
  const Snapshot other = Build();
  const auto buffers = std::make_shared<SnapshotBuffers>();
  SnapshotBuilder builder(*buffers);
  builder.BeginFamily<Counters>(counter_, 1).Add("own=\"1\"", 1);
  builder.AddFamily(other.families()[2]);
  builder.BeginFamily<Counters>(counter_, 1).Add("own=\"2\"", 2);
  const Snapshot snapshot = builder.Finish(buffers);
  ASSERT_EQ(snapshot.families().size(), 3U);
  EXPECT_EQ(snapshot.families()[0].label_text(0), "own=\"1\"");
  EXPECT_EQ(snapshot.families()[1].As<HistogramValues>()[0].count, 3U);
  EXPECT_EQ(snapshot.families()[2].As<Counters>()[0], 2U);
}

// Goal: what one family adds cannot move the values of another. Method: a smaller snapshot, with a
// renamed family of another, in buffers that a larger one has left.
// Invariants 1 and 2.
TEST_F(SnapshotBuilderTest, AFamilyPointsIntoTheBuffersAtItsPlaceUnlessItIsBorrowed) {
  const Snapshot other = Build();
  const auto kept = std::exchange(buffers_, std::make_shared<SnapshotBuffers>());
  Build();
  SnapshotBuilder builder(*buffers_);
  builder.AddRenamedFamily(other.families()[2], histogram_);
  builder.AddLabelText("z=\"1\"");
  auto own = builder.BeginFamily<HistogramValues>(histogram_, 1);
  own.Add("y=\"1\"");
  own.SetTotals(1, 1);
  const Snapshot snapshot = builder.Finish(buffers_);
  EXPECT_EQ(buffers_->values.size(), 3U) << "the last is left of the larger snapshot";
  EXPECT_TRUE(buffers_->values[0].unsigned_numbers.empty());
  EXPECT_EQ(snapshot.families()[0].label_text(0), "z=\"1\"");
  EXPECT_EQ(BucketsOf(snapshot.families()[0]), kept->values[2].unsigned_numbers.data());
  EXPECT_EQ(BucketsOf(snapshot.families()[1]), buffers_->values[1].unsigned_numbers.data());
}

TEST_F(SnapshotBuilderTest, AFamilyOfAnotherKindEndsTheProgram) {
  SnapshotBuilder builder(*buffers_);
  EXPECT_DEATH(builder.BeginFamily<HistogramValues>(counter_, 1), "another kind");
}

TEST_F(SnapshotBuilderTest, ASnapshotKeepsItsOwnerAlive) {
  std::weak_ptr<SnapshotBuffers> watched = buffers_;
  Snapshot snapshot = Build();
  buffers_.reset();
  EXPECT_FALSE(watched.expired());
  snapshot = Snapshot();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace streamhouse::metrics
