#include "integrations/librdkafka/summaries.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/page_comparison.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::testing::PageDifference;

static_assert(!std::is_default_constructible_v<Summaries<2>::Window>, "a window without a series");

class SummariesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const metrics::MetricOptions options = {.name = "wait_seconds", .help = "Waits", .labels = {"client", "broker"}};
    ASSERT_TRUE(summaries_.Register(registry_, options).ok());
  }

  void Add(const Summaries<2>::LabelValues& labels, double sum, std::int64_t count) {
    summaries_.Prepare(labels, sum, count).Add();
  }

  // A family of two series at most.
  Summaries<1>& Limited() {
    const auto overflows =
        registry_.AddCounter({.name = "overflows_total", .help = "Overflows", .labels = {"family"}}).value();
    limited_.CountOverflows(overflows);
    EXPECT_TRUE(limited_.Register(registry_, {.name = "batch_bytes", .help = "Bytes", .labels = {"topic"}}).ok());
    return limited_;
  }

  metrics::Registry registry_;
  Summaries<2> summaries_;
  Summaries<1> limited_{2};
};

TEST_F(SummariesTest, AddUpByLabels) {
  Add({"a", "x:1"}, 0.5, 2);
  Add({"a", "x:1"}, 1, 1);
  Add({"a", "y:1"}, 4, 1);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 1.5
    wait_seconds_count{client="a",broker="x:1"} 3
    wait_seconds_sum{client="a",broker="y:1"} 4
    wait_seconds_count{client="a",broker="y:1"} 1
  )"),
            "");
}

TEST_F(SummariesTest, AWindowWithoutValuesBeginsASeries) {
  Add({"a", "x:1"}, 0, 0);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 0
    wait_seconds_count{client="a",broker="x:1"} 0
  )"),
            "");
}

TEST_F(SummariesTest, NeverFall) {
  Add({"a", "x:1"}, 3, 1);
  Add({"a", "x:1"}, -2, 1);
  Add({"a", "x:1"}, 2, -1);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 3
    wait_seconds_count{client="a",broker="x:1"} 1
  )"),
            "");
}

TEST_F(SummariesTest, AWindowThatIsNotAddedChangesNoSum) {
  const auto window = summaries_.Prepare({"a", "x:1"}, 3, 1);
  Add({"a", "x:1"}, 2, 1);
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 2
    wait_seconds_count{client="a",broker="x:1"} 1
  )"),
            "");
  window.Add();
  EXPECT_EQ(PageDifference(registry_, R"(
    wait_seconds_sum{client="a",broker="x:1"} 5
    wait_seconds_count{client="a",broker="x:1"} 2
  )"),
            "");
}

// Invariant 1.
TEST_F(SummariesTest, AddToOneSeriesBeyondTheLimit) {
  Summaries<1>& limited = Limited();
  for (const char* topic : {"a", "b", "c", "d", "a"}) limited.Prepare({topic}, 5, 1).Add();
  EXPECT_EQ(PageDifference(registry_, R"(
    batch_bytes_sum{topic="_overflow"} 10
    batch_bytes_count{topic="_overflow"} 2
    batch_bytes_sum{topic="a"} 10
    batch_bytes_count{topic="a"} 2
    batch_bytes_sum{topic="b"} 5
    batch_bytes_count{topic="b"} 1
    overflows_total{family="batch_bytes"} 2
  )",
                           {"batch_bytes", "overflows_total"}),
            "");
}

TEST_F(SummariesTest, CountNoOverflowOfAWindowWithoutValues) {
  Summaries<1>& limited = Limited();
  for (const char* topic : {"a", "b", "c", "c"}) limited.Prepare({topic}, 0, 0).Add();
  EXPECT_EQ(PageDifference(registry_, "", {"overflows_total"}), "");
  limited.Prepare({"c"}, 5, 3).Add();
  EXPECT_EQ(PageDifference(registry_, R"(overflows_total{family="batch_bytes"} 1)", {"overflows_total"}), "");
}

TEST_F(SummariesTest, RefuseANameThatIsTaken) {
  Summaries<1> second;
  EXPECT_EQ(second.Register(registry_, {.name = "wait_seconds", .help = "Others", .labels = {"topic"}}).code(),
            metrics::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace streamhouse::librdkafka
