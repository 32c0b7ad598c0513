#include "metrics_core/reading/family_info.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

using Names = std::vector<std::string>;

FamilyInfo Info(std::string name, MetricKind kind) {
  FamilyInfo info;
  info.name = std::move(name);
  info.kind = kind;
  return info;
}

TEST(FamilyInfoTest, SamplesAreNamedAsTheKindSays) {
  EXPECT_EQ(SampleNames(Info("sent_total", MetricKind::kCounter)), Names{"sent_total"});
  EXPECT_EQ(SampleNames(Info("depth", MetricKind::kGauge)), Names{"depth"});
  EXPECT_EQ(SampleNames(Info("build_info", MetricKind::kInfo)), Names{"build_info"});
  EXPECT_EQ(SampleNames(Info("wait", MetricKind::kHistogram)), (Names{"wait_bucket", "wait_sum", "wait_count"}));
  EXPECT_EQ(SampleNames(Info("wait", MetricKind::kSummary)), (Names{"wait", "wait_sum", "wait_count"}));
}

TEST(FamilyInfoTest, AStartTimeIsASampleWhereItIsKept) {
  FamilyInfo info = Info("sent_total", MetricKind::kCounter);
  info.has_created = true;
  EXPECT_EQ(SampleNames(info), (Names{"sent_total", "sent_created"}));
}

TEST(FamilyInfoTest, TheAddedLabelOfAStateSetIsNamedLikeTheFamily) {
  EXPECT_EQ(AddedLabel(Info("mode", MetricKind::kStateSet)), "mode");
  EXPECT_EQ(AddedLabel(Info("wait", MetricKind::kHistogram)), "le");
  EXPECT_EQ(AddedLabel(Info("wait", MetricKind::kSummary)), "quantile");
  EXPECT_EQ(AddedLabel(Info("depth", MetricKind::kGauge)), "");
}

}  // namespace
}  // namespace streamhouse::metrics
