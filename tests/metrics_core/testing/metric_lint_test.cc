#include "metrics_core/testing/metric_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> LintGauge(const std::string& name, std::vector<std::string> labels = {}) {
  Registry registry;
  const auto added = registry.AddGauge({.name = name, .help = "Test", .labels = std::move(labels)});
  Check(added.ok(), added.status().message());
  return Lint(registry);
}

TEST(LintTest, HasNothingAgainstNamesByTheGuide) {
  EXPECT_THAT(LintGauge("queue_wait_seconds", {"queue_name"}), IsEmpty());
  EXPECT_THAT(LintGauge("thermometers"), IsEmpty());
}

// Each expectation is what promtool 2.42 prints of such a page.
TEST(LintTest, SpeaksAsPromtoolDoes) {
  EXPECT_THAT(LintGauge("a:b"), ElementsAre("a:b metric names should not contain ':'"));
  EXPECT_THAT(LintGauge("fooBar", {"myLabel"}),
              ElementsAre("fooBar label names should be written in 'snake_case' not 'camelCase'",
                          "fooBar metric names should be written in 'snake_case' not 'camelCase'"));
  EXPECT_THAT(LintGauge("v_kilobytes"), ElementsAre("v_kilobytes use base unit \"bytes\" instead of \"kilobytes\""));
  EXPECT_THAT(LintGauge("y_minutes"), ElementsAre("y_minutes use base unit \"seconds\" instead of \"minutes\""));
  EXPECT_THAT(LintGauge("z_ms"), ElementsAre("z_ms metric names should not contain abbreviated units"));
  EXPECT_THAT(LintGauge("w_gauge", {"le", "quantile"}),
              ElementsAre("w_gauge metric name should not include type 'gauge'",
                          "w_gauge non-histogram metrics should not have \"le\" label",
                          "w_gauge non-summary metrics should not have \"quantile\" label"));
}

TEST(LintTest, SortsTheProblemsOfAllFamilies) {
  Registry registry;
  ASSERT_TRUE(registry.AddGauge({.name = "b_ms", .help = "Test"}).ok());
  ASSERT_TRUE(registry.AddGauge({.name = "a_ms", .help = "Test"}).ok());
  EXPECT_THAT(Lint(registry), ElementsAre("a_ms metric names should not contain abbreviated units",
                                          "b_ms metric names should not contain abbreviated units"));
}

}  // namespace
}  // namespace streamhouse::metrics::testing
