#include "metrics_core/self_metrics/build_info.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

TEST(BuildInfoTest, ItsValueIsOne) {
  Registry registry;
  ASSERT_TRUE(RegisterBuildInfo(registry, "broker", "1.2.3", "abc").ok());
  const testing::MetricReader page(registry);
  EXPECT_EQ(page.Value("broker_build_info", {{"version", "1.2.3"}, {"revision", "abc"}}), 1);
}

TEST(BuildInfoTest, NamesTheCompiler) {
  Registry registry;
  ASSERT_TRUE(RegisterBuildInfo(registry, "broker", "1", "").ok());
  const Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_NE(snapshot.families().front().label_text(0).find("compiler=\""), std::string_view::npos);
}

TEST(BuildInfoTest, RefusesAProgramThatIsNoName) {
  Registry registry;
  EXPECT_EQ(RegisterBuildInfo(registry, "my broker", "1", "").code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace streamhouse::metrics
