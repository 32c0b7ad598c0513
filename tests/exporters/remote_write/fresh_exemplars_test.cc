#include "exporters/remote_write/fresh_exemplars.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {
namespace {

// The values of the exemplars that are sent, of a histogram whose buckets have exemplars of these
// times.
std::string Sent(const std::vector<std::int64_t>& times, const RemoteWriteBatch& batch) {
  const std::vector<double> bounds(times.size() - 1);
  std::vector<std::optional<metrics::Exemplar>> places;
  for (const std::int64_t time : times) {
    places.push_back(time == 0
                         ? std::nullopt
                         : std::optional(metrics::Exemplar{
                               .trace = {}, .value = static_cast<double>(places.size()), .unix_milliseconds = time}));
  }
  metrics::HistogramValues histograms;
  histograms.bounds = bounds;
  histograms.exemplars = {.places = places, .buckets = times.size()};
  FreshExemplars fresh;
  fresh.Assign(histograms, 0, batch);
  std::string text;
  for (const metrics::Exemplar* exemplar : fresh) text += std::to_string(static_cast<int>(exemplar->value)) + " ";
  return text;
}

TEST(FreshExemplarsTest, StandInTheOrderOfTheirTimes) {
  EXPECT_EQ(Sent({5, 0, 3, 4}, {.unix_milliseconds = 10}), "2 3 0 ");
  EXPECT_EQ(Sent({5, 5, 5}, {.unix_milliseconds = 10}), "0 1 2 ") << "by their values at one time";
}

TEST(FreshExemplarsTest, LeaveOutThoseOfOtherBatches) {
  EXPECT_EQ(Sent({1, 2, 3, 4, 5}, {.unix_milliseconds = 4, .exemplars_after = 2}), "2 3 ");
}

TEST(FreshExemplarsTest, AreTheNewestOfMany) {
  EXPECT_EQ(Sent({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {.unix_milliseconds = 20}), "2 3 4 5 6 7 8 9 10 11 ");
}

TEST(FreshExemplarsTest, HaveTheirLabelsInTheOrderOfTheirNames) {
  const SortedExemplarLabels labels(metrics::Exemplar{.trace = {.trace_id_low = 1, .span_id = 2}});
  EXPECT_EQ(labels[0].name, "span_id");
  EXPECT_EQ(labels[0].value, "0000000000000002");
  EXPECT_EQ(labels[1].name, "trace_id");
}

}  // namespace
}  // namespace streamhouse::exporters
