#include "metrics_core/info.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class InfoTest : public testing::Test {
 protected:
  Registry registry_;
};

TEST_F(InfoTest, ASeriesIsThereFromWithToRemove) {
  const auto family = registry_.AddInfo({.name = "relay_info", .help = "h", .labels = {"version"}}).value();
  EXPECT_EQ(Page(registry_), "");
  family.With("1.0");
  EXPECT_EQ(Page(registry_), "relay_info{version=\"1.0\"}\n");
  family.Remove("1.0");
  EXPECT_EQ(Page(registry_), "");
}

TEST_F(InfoTest, AnInfoMayExpireAsAnySeriesDoes) {
  registry_.AddInfo({.name = "a_info", .help = "h", .labels = {"x"}, .expire_after = std::chrono::nanoseconds(10)})
      .value()
      .With("1");
  EXPECT_EQ(Page(registry_, 1), "a_info{x=\"1\"}\n");
  EXPECT_EQ(Page(registry_, 20), "");
}

TEST_F(InfoTest, ItsNameEndsWithInfoAndItHasNoUnit) {
  const auto why = [&](MetricOptions options) { return registry_.AddInfo(std::move(options)).status().message(); };
  EXPECT_EQ(why({.name = "relay", .help = "h"}), "metric \"relay\": an info ends with \"_info\"");
  EXPECT_EQ(why({.name = "a_bytes_info", .help = "h", .unit = "bytes"}),
            "metric \"a_bytes_info\": an info has no unit");
}

TEST_F(InfoTest, SharesItsNameWithNoGauge) {
  registry_.AddGauge({.name = "relay_info", .help = "h"}).value();
  EXPECT_EQ(registry_.AddInfo({.name = "relay_info", .help = "h"}).status().code(), StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace streamhouse::metrics
