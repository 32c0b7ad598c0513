#include "metrics_core/internal/family_core.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/internal/series/read_section.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::metrics::internal {
namespace {

// The tests see the reuse of memory by the runs that new series get. A run is reused last in, first
// out, as soon as no handle, snapshot or section needs it.
class FamilyCoreTest : public testing::Test {
 protected:
  static FamilyCore::Options CounterOptions() {
    FamilyCore::Options options;
    options.info.name = "a_total";
    options.info.label_names = {"x"};
    return options;
  }

  SeriesRef Resolve(std::string_view value) { return family_->Resolve(Values{value}); }
  bool Remove(std::string_view value) { return family_->Remove(Values{value}); }
  Slot Find(std::string_view value) { return family_->Find(Values{value}); }

  // The run of a series without a handle.
  Slot MakeUnheld(std::string_view value) { return Resolve(value).slot(); }

  std::string LabelsOnPage() {
    SnapshotBuilder builder(*buffers_);
    family_->Collect(builder, 1);
    std::string labels;
    const Snapshot snapshot = builder.Finish(buffers_);
    for (std::size_t i = 0; i < snapshot.families()[0].size(); ++i) {
      labels += std::string(snapshot.families()[0].label_text(i)) + ' ';
    }
    return labels;
  }

  using Values = std::array<std::string_view, 1>;
  const std::shared_ptr<LiveSnapshots> live_snapshots_ = std::make_shared<LiveSnapshots>();
  const std::shared_ptr<SnapshotBuffers> buffers_ = std::make_shared<SnapshotBuffers>();
  std::optional<FamilyCore> family_{std::in_place, CounterOptions(), live_snapshots_};
};

TEST_F(FamilyCoreTest, FindsOnlyWhatWasResolved) {
  EXPECT_EQ(Find("1"), kSinkSlot);
  const SeriesRef series = Resolve("1");
  EXPECT_EQ(Find("1"), series.slot());
  EXPECT_EQ(Resolve("1").slot(), series.slot());
}

// Invariant 1.
TEST_F(FamilyCoreTest, HoldsAReferenceOfItsOwnOnALiveSeries) {
  const Slot run = MakeUnheld("1");
  EXPECT_EQ(RunReferences(run), 1U);
  const SeriesRef held = Resolve("1");
  EXPECT_EQ(RunReferences(run), 2U);
}

TEST_F(FamilyCoreTest, ARunIsReusedOnceItsSeriesIsRemovedAndNoHandleHoldsIt) {
  const Slot run = MakeUnheld("1");
  EXPECT_TRUE(Remove("1"));
  EXPECT_EQ(MakeUnheld("2"), run);
}

TEST_F(FamilyCoreTest, ARunIsNotReusedWhileAHandleHoldsIt) {
  std::optional<SeriesRef> held = Resolve("1");
  const Slot run = held->slot();
  EXPECT_TRUE(Remove("1"));
  EXPECT_NE(MakeUnheld("2"), run);
  held.reset();
  EXPECT_EQ(MakeUnheld("3"), run);
}

// Invariant 2.
TEST_F(FamilyCoreTest, ARunIsNotReusedWhileAReadSectionMayHaveFoundIt) {
  EnsureShard();
  const Slot run = MakeUnheld("1");
  ReadSection::Enter();
  EXPECT_EQ(Find("1"), run);
  EXPECT_TRUE(Remove("1"));
  EXPECT_EQ(Find("1"), kSinkSlot);
  EXPECT_NE(MakeUnheld("2"), run);
  ReadSection::Leave();
  EXPECT_EQ(MakeUnheld("3"), run);
}

// Invariant 2.
TEST_F(FamilyCoreTest, TheTextOfARemovedSeriesIsKeptForSnapshotsThatMayShowIt) {
  const std::uint64_t snapshot = live_snapshots_->Begin();
  const Slot run = MakeUnheld("1");
  EXPECT_TRUE(Remove("1"));
  EXPECT_NE(MakeUnheld("2"), run);
  live_snapshots_->End(snapshot);
  EXPECT_EQ(MakeUnheld("3"), run);
}

TEST_F(FamilyCoreTest, ASnapshotThatBeganAfterTheRemovalKeepsNothing) {
  const Slot run = MakeUnheld("1");
  EXPECT_TRUE(Remove("1"));
  live_snapshots_->Begin();
  EXPECT_EQ(MakeUnheld("2"), run);
}

TEST_F(FamilyCoreTest, ARemovedSeriesIsOffThePageAtOnce) {
  const SeriesRef held = Resolve("1");
  MakeUnheld("2");
  Remove("1");
  EXPECT_EQ(LabelsOnPage(), "x=\"2\" ");
}

TEST_F(FamilyCoreTest, ItsEndGivesAllRunsBack) {
  std::vector<Slot> runs;
  for (const std::string_view value : {"1", "2", "3"}) runs.push_back(MakeUnheld(value));
  Remove("2");
  family_.reset();
  for (const Slot run : runs) EXPECT_EQ(RunReferences(run), 0U);
}

TEST_F(FamilyCoreTest, ItsEndLeavesTheRunsOfHeldHandlesAlone) {
  const SeriesRef held = Resolve("1");
  family_.reset();
  EXPECT_EQ(RunReferences(held.slot()), 1U);
  EXPECT_NE(AllocateRun({}), held.slot());
}

TEST_F(FamilyCoreTest, EveryKindHasCellsForItsValue) {
  const BucketTable* const buckets = BucketTable::Intern(std::vector<double>{1, 2});
  for (const RecordingKind kind :
       {RecordingKind::kCounter, RecordingKind::kDoubleCounter, RecordingKind::kGauge, RecordingKind::kDoubleGauge,
        RecordingKind::kUpDownCounter, RecordingKind::kHistogram, RecordingKind::kTickHistogram}) {
    FamilyCore::Options options = CounterOptions();
    options.kind = kind;
    options.info.kind = Describe(kind).metric;
    options.buckets = buckets;
    FamilyCore family(std::move(options), live_snapshots_);
    const SeriesRef first = family.Resolve(Values{"1"});
    const SeriesRef second = family.Resolve(Values{"2"});
    const bool is_histogram = kind == RecordingKind::kHistogram || kind == RecordingKind::kTickHistogram;
    const Slot cells = is_histogram ? kFirstBucketCell + 3 : kind == RecordingKind::kUpDownCounter ? 2 : 1;
    const Slot apart = std::max(first.slot(), second.slot()) - std::min(first.slot(), second.slot());
    EXPECT_GE(apart, cells) << static_cast<int>(kind);
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal
