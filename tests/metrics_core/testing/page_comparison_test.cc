#include "metrics_core/testing/page_comparison.h"

#include <gtest/gtest.h>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics::testing {
namespace {

class PageDifferenceTest : public ::testing::Test {
 protected:
  PageDifferenceTest() {
    registry_.AddCounter({.name = "requests_total", .help = "Test", .labels = {"method"}})
        .value()
        .With("Produce")
        .Increment(3);
    registry_.AddHistogram({.name = "size_bytes", .help = "Test"}, BucketBounds::From({1, 2.5}).value())
        .value()
        .With()
        .Observe(2);
  }

  Registry registry_;
};

constexpr std::string_view kPage = R"(
  # HELP requests_total Test
  size_bytes_bucket{le="1.0"} 0
  size_bytes_bucket{le="2.5"} 1
  size_bytes_bucket{le="+Inf"} 1
  size_bytes_sum 2
  size_bytes_count 1

  requests_total{method="Produce"} 3.0
)";

TEST_F(PageDifferenceTest, IsEmptyForAnyOrderAndAnyWayOfWritingNumbers) {
  EXPECT_EQ(PageDifference(registry_, kPage), "");
}

TEST_F(PageDifferenceTest, ShowsWhatWasExpectedAndWhatIsThere) {
  EXPECT_EQ(PageDifference(registry_, "requests_total{method=\"Produce\"} 4\n", {"requests_total"}),
            "- requests_total{method=\"Produce\"} 4\n+ requests_total{method=\"Produce\"} 3\n");
}

TEST_F(PageDifferenceTest, ShowsWhatIsMissingAndWhatIsTooMuch) {
  EXPECT_EQ(PageDifference(registry_, "other_total 1", {"requests_total"}),
            "- other_total 1\n+ requests_total{method=\"Produce\"} 3\n");
}

TEST_F(PageDifferenceTest, LooksAtTheNamedFamiliesOnly) {
  EXPECT_EQ(PageDifference(registry_, "requests_total{method=\"Produce\"} 3", {"requests_total"}), "");
}

TEST_F(PageDifferenceTest, ShowsLinesThatAreNoSamples) {
  EXPECT_EQ(PageDifference(registry_, "nonsense\nrequests_total{method=\"Produce\"} 3", {"requests_total"}),
            "- nonsense\n");
}

TEST_F(PageDifferenceTest, ShowsALineThatIsABoundAlone) {
  EXPECT_EQ(PageDifference(registry_, "le=\"1\" 3\nrequests_total{method=\"Produce\"} 3", {"requests_total"}),
            "- le=\"1\" 3\n");
}

}  // namespace
}  // namespace streamhouse::metrics::testing
