#include "metrics_core/internal/collected_family.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/internal/callback_core.h"
#include "metrics_core/internal/family_core.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::metrics::internal {
namespace {

// Each implementation, with one series of the value 0.
std::vector<std::shared_ptr<CollectedFamily>> AllKinds() {
  const auto live_snapshots = std::make_shared<LiveSnapshots>();
  FamilyInfo info;
  info.name = "a";
  info.kind = MetricKind::kGauge;
  FamilyCore::Options options;
  options.info = info;
  options.kind = RecordingKind::kGauge;
  auto callbacks = std::make_shared<CallbackCore>(info, live_snapshots);
  callbacks->Add([] { return 0.0; }, 0, {});
  return {std::make_shared<FamilyCore>(std::move(options), live_snapshots), callbacks};
}

TEST(CollectedFamilyTest, SaysHowManySeriesItHasAndWhatTheyTake) {
  for (const auto& family : AllKinds()) {
    EXPECT_EQ(family->info().name, "a");
    EXPECT_EQ(family->GetStatistics().series, 1U);
    EXPECT_GT(family->GetStatistics().series_bytes, 0U);
    EXPECT_EQ(family->GetStatistics().overflowed_lookups, 0U);
  }
}

TEST(CollectedFamilyTest, AppendsItselfBehindWhatIsThere) {
  const auto buffers = std::make_shared<SnapshotBuffers>();
  SnapshotBuilder builder(*buffers);
  const auto families = AllKinds();
  for (const auto& family : families) family->Collect(builder, 1);
  const Snapshot snapshot = builder.Finish(buffers);
  ASSERT_EQ(snapshot.families().size(), families.size());
  for (std::size_t i = 0; i < families.size(); ++i) {
    EXPECT_EQ(&snapshot.families()[i].info(), &families[i]->info());
    EXPECT_EQ(snapshot.families()[i].size(), 1U);
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal
