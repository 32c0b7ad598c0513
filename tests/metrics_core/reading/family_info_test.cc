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

TEST(FamilyInfoTest, FindsEachOfItsSamplesByName) {
  for (const KindDescription& kind : kKindDescriptions) {
    FamilyInfo info = Info("wait" + std::string(kind.name_suffix), kind.kind);
    info.has_created = true;
    for (const std::string& name : SampleNames(info)) EXPECT_TRUE(HasSampleNamed(info, name)) << name;
    for (const char* other : {"", "wai", "wait_", "waits_sum", "wait_sum_sum", "wait_created_sum"}) {
      EXPECT_FALSE(HasSampleNamed(info, other)) << kind.word << " " << other;
    }
  }
  EXPECT_FALSE(HasSampleNamed(Info("wait", MetricKind::kHistogram), "wait_created"));
}

TEST(FamilyInfoTest, TheAddedLabelOfAStateSetIsNamedLikeTheFamily) {
  EXPECT_EQ(AddedLabel(Info("mode", MetricKind::kStateSet)), "mode");
  EXPECT_EQ(AddedLabel(Info("wait", MetricKind::kHistogram)), "le");
  EXPECT_EQ(AddedLabel(Info("wait", MetricKind::kSummary)), "quantile");
  EXPECT_EQ(AddedLabel(Info("depth", MetricKind::kGauge)), "");
}

}  // namespace
}  // namespace streamhouse::metrics
