#include "exporters/encoding/added_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::MetricKind;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(AddedValuesTest, AHistogramAddsItsBoundsAndInfinity) {
  EXPECT_THAT(AddedValues({.name = "wait", .kind = MetricKind::kHistogram, .bounds = {0.5, 1}}),
              ElementsAre("0.5", "1.0", "+Inf"));
}

TEST(AddedValuesTest, ASummaryAddsItsQuantiles) {
  EXPECT_THAT(AddedValues({.name = "wait", .kind = MetricKind::kSummary, .quantiles = {0.99}}), ElementsAre("0.99"));
}

TEST(AddedValuesTest, AStateSetAddsItsStates) {
  EXPECT_THAT(AddedValues({.name = "mode", .kind = MetricKind::kStateSet, .states = {"b", "a"}}),
              ElementsAre("b", "a"));
}

TEST(AddedValuesTest, ACounterAddsNone) {
  EXPECT_THAT(AddedValues({.name = "sent_total", .kind = MetricKind::kCounter}), IsEmpty());
}

}  // namespace
}  // namespace streamhouse::exporters
