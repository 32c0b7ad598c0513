#include "exporters/remote_write/sample_layout.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::MetricKind;

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += text + " ";
  return joined;
}

std::string SlotNames(const SampleLayout& layout) {
  std::string joined;
  for (const SampleLayout::Slot& slot : layout.slots()) joined += std::string(slot.name) + " ";
  return joined;
}

SampleLayout LayoutOf(const FamilyInfo& info, ExponentialUse exponential = ExponentialUse::kNative) {
  SampleLayout layout;
  layout.Assign(info, exponential);
  return layout;
}

TEST(SampleLayoutTest, SortsLabelsByTheBytesOfTheirNames) {
  const FamilyInfo info = {.name = "n_total", .label_names = {"topic", "Zone", "_a", "\xC3\xA4"}};
  const SampleLayout layout = LayoutOf(info);
  EXPECT_EQ(SlotNames(layout), "Zone __name__ _a topic \xC3\xA4 ");
  EXPECT_EQ(layout.slots()[0].label, 1U);
  EXPECT_EQ(Joined(layout.sample_names()), "n_total ");
}

TEST(SampleLayoutTest, PrintsBoundsAsAScrapeGivesThem) {
  const FamilyInfo info = {
      .name = "wait", .kind = MetricKind::kHistogram, .label_names = {"a", "z"}, .bounds = {-1, 0.25, 1, 1e6}};
  const SampleLayout layout = LayoutOf(info);
  EXPECT_EQ(Joined(layout.added_values()), "-1.0 0.25 1.0 1e+06 +Inf ");
  EXPECT_EQ(Joined(layout.sample_names()), "wait_bucket wait_sum wait_count ");
  EXPECT_EQ(SlotNames(layout), "__name__ a le z ");
  EXPECT_EQ(layout.samples(), 7U);
}

TEST(SampleLayoutTest, HasOneSampleOfANativeHistogram) {
  const FamilyInfo info = {.name = "wait", .kind = MetricKind::kExponentialHistogram, .bounds = {1}};
  EXPECT_TRUE(LayoutOf(info).is_native());
  EXPECT_EQ(LayoutOf(info).samples(), 1U);
  EXPECT_EQ(Joined(LayoutOf(info).sample_names()), "wait ");
  EXPECT_EQ(SlotNames(LayoutOf(info)), "__name__ ");
  EXPECT_FALSE(LayoutOf(info, ExponentialUse::kClassic).is_native());
  EXPECT_EQ(LayoutOf(info, ExponentialUse::kClassic).samples(), 4U);
}

TEST(SampleLayoutTest, KnowsSummariesWithoutQuantiles) {
  const FamilyInfo info = {.name = "wait", .kind = MetricKind::kSummary};
  EXPECT_EQ(LayoutOf(info).samples(), 2U);
}

TEST(SampleLayoutTest, NamesStatesByTheirFamily) {
  const FamilyInfo info = {.name = "mode", .kind = MetricKind::kStateSet, .states = {"idle", "busy"}};
  EXPECT_EQ(SlotNames(LayoutOf(info)), "__name__ mode ");
  EXPECT_EQ(Joined(LayoutOf(info).added_values()), "idle busy ");
}

}  // namespace
}  // namespace streamhouse::exporters
