#include "exporters/view/labelled_view.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "exporters/encoding/text_encoder.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using metrics::StatusCode;

std::string PageOfView(metrics::Registry& registry, ExtraLabels labels) {
  const metrics::Snapshot view = LabelledView(std::move(labels)).Of(registry.TakeSnapshot());
  TextEncoder encoder(view.families());
  return ReadPage(encoder).value();
}

TEST(LabelledViewTest, AddsItsLabelsToEverySeries) {
  metrics::Registry registry;
  registry.AddCounter({.name = "a_total", .help = "A"}).value().With().Increment(1);
  registry.AddGauge({.name = "b", .help = "B", .labels = {"topic"}}).value().With("x").Set(2);
  registry.AddHistogram({.name = "c", .help = "C"}, metrics::BucketBounds::From({1}).value()).value().With().Observe(1);
  EXPECT_EQ(PageOfView(registry, {{"instance", "i"}, {"zone", "\"\\\n"}}), R"(# HELP a_total A
# TYPE a_total counter
a_total{instance="i",zone="\"\\\n"} 1
# HELP b B
# TYPE b gauge
b{topic="x",instance="i",zone="\"\\\n"} 2
# HELP c C
# TYPE c histogram
c_bucket{instance="i",zone="\"\\\n",le="1.0"} 1
c_bucket{instance="i",zone="\"\\\n",le="+Inf"} 1
c_sum{instance="i",zone="\"\\\n"} 1
c_count{instance="i",zone="\"\\\n"} 1
)");
}

TEST(LabelledViewTest, LeavesAFamilyItsOwnLabel) {
  metrics::Registry registry;
  registry.AddGauge({.name = "b", .help = "B", .labels = {"topic"}}).value().With("x").Set(2);
  EXPECT_NE(PageOfView(registry, {{"topic", "y"}}).find("\nb{topic=\"x\"} 2\n"), std::string::npos);
  EXPECT_EQ(LabelledView(ExtraLabels{{"topic", "y"}}).Check(registry.TakeSnapshot()).code(),
            StatusCode::kAlreadyExists);
}

TEST(LabelledViewTest, LeavesAStateSetTheLabelThatIsNamedLikeIt) {
  metrics::Registry registry;
  registry.AddStateSet({.name = "relay_mode", .help = "M"}, {"on"}).value().With().SetOnly(0);
  EXPECT_NE(PageOfView(registry, {{"relay_mode", "x"}}).find("\nrelay_mode{relay_mode=\"on\"} 1\n"), std::string::npos);
  EXPECT_EQ(LabelledView(ExtraLabels{{"relay_mode", "x"}}).Check(registry.TakeSnapshot()).code(),
            StatusCode::kAlreadyExists);
}

// Goal: with every escaping, a page has a label name once in a series.
TEST(LabelledViewTest, LeavesAFamilyALabelThatBecomesItsNameWhereNamesAreEscaped) {
  metrics::Registry registry({.names = metrics::NameRules::kUtf8});
  registry.AddGauge({.name = "b", .help = "B", .labels = {"service.name"}}).value().With("x").Set(2);
  const auto check = [&](const char* name) {
    return LabelledView(ExtraLabels{{name, "y"}}).Check(registry.TakeSnapshot());
  };
  for (const char* taken : {"service_name", "service_dot_name", "U__service_2e_name"}) {
    EXPECT_EQ(PageOfView(registry, {{taken, "y"}}).find(taken), std::string::npos) << taken;
    EXPECT_EQ(check(taken).code(), StatusCode::kAlreadyExists) << taken;
  }
  EXPECT_TRUE(check("service").ok());
}

TEST(LabelledViewTest, KnowsTheLabelsThatAFamilyShows) {
  const metrics::FamilyInfo mode = {
      .name = "mode", .kind = metrics::MetricKind::kStateSet, .label_names = {"node"}, .states = {"on"}};
  EXPECT_TRUE(ShowsLabel(mode, "mode"));
  EXPECT_TRUE(ShowsLabel(mode, "node"));
  EXPECT_FALSE(ShowsLabel(mode, "topic"));
}

TEST(LabelledViewTest, RefusesLabelsThatNoPageMayHave) {
  EXPECT_TRUE(CheckLabels({}).ok());
  EXPECT_TRUE(CheckLabels({{"instance", "a:b \"c\""}, {"zone", "\xc3\xa4"}}).ok());
  for (const ExtraLabels& bad : {ExtraLabels{{"", "a"}},
                                 {{"a", ""}},
                                 {{"le", "1"}},
                                 {{"quantile", "1"}},
                                 {{"__a", "b"}},
                                 {{"a-b", "c"}},
                                 {{"a", "\xff"}},
                                 {{"a", "b"}, {"a", "c"}}}) {
    EXPECT_EQ(CheckLabels(bad).code(), StatusCode::kInvalidArgument) << bad.front().first;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
