#include "integrations/librdkafka/summaries.h"

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/page_comparison.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::PageDifference;

class SummariesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const metrics::MetricOptions options = {.name = "wait_seconds", .help = "Waits", .labels = {"client", "broker"}};
    ASSERT_TRUE(summaries_.Register(registry_, options).ok());
  }

  metrics::Registry registry_;
  Summaries<2> summaries_;
};

TEST_F(SummariesTest, AddUpByLabels) {
  summaries_.Add({"a", "x:1"}, 0.5, 2);
  summaries_.Add({"a", "x:1"}, 1, 1);
  summaries_.Add({"a", "y:1"}, 4, 1);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 1.5
    wait_seconds_count{client="a",broker="x:1"} 3
    wait_seconds_sum{client="a",broker="y:1"} 4
    wait_seconds_count{client="a",broker="y:1"} 1
  )"),
            "");
}

TEST_F(SummariesTest, AWindowWithoutValuesBeginsASeries) {
  summaries_.Add({"a", "x:1"}, 0, 0);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 0
    wait_seconds_count{client="a",broker="x:1"} 0
  )"),
            "");
}

TEST_F(SummariesTest, NeverFall) {
  summaries_.Add({"a", "x:1"}, 3, 1);
  summaries_.Add({"a", "x:1"}, -2, 1);
  summaries_.Add({"a", "x:1"}, 2, -1);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 3
    wait_seconds_count{client="a",broker="x:1"} 1
  )"),
            "");
}

TEST_F(SummariesTest, RefuseANameThatIsTaken) {
  Summaries<1> second;
  EXPECT_EQ(second.Register(registry_, {.name = "wait_seconds", .help = "Others", .labels = {"topic"}}).code(),
            metrics::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace streamhouse::librdkafka
