#include "exporters/view/aggregated_view.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;
using metrics::Snapshot;

class AggregatedViewTest : public testing::Test {
 protected:
  std::string PageOfView(std::vector<std::string> labels) {
    const Snapshot snapshot = AggregatedView(std::move(labels)).Of(registry_.TakeSnapshot());
    TextEncoder encoder(snapshot.families());
    return ReadPage(encoder).value();
  }

  metrics::Registry registry_;
};

TEST_F(AggregatedViewTest, SumsLabelsAwayAndKeepsTheOrder) {
  const auto sent =
      registry_.AddCounter({.name = "sent_total", .help = "Sent", .labels = {"topic", "partition"}}).value();
  sent.With("b", "1").Increment(1);
  sent.With("a", "1").Increment(2);
  sent.With("b", "2").Increment(4);
  EXPECT_EQ(
      PageOfView({"partition"}),
      "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total{topic=\"b\"} 5\nsent_total{topic=\"a\"} 2\n");
  EXPECT_EQ(PageOfView({"topic", "partition"}), "# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total 7\n");
}

TEST_F(AggregatedViewTest, LeavesOtherFamiliesAsTheyAre) {
  registry_.AddGauge({.name = "a", .help = "A", .labels = {"x"}}).value().With("1").Set(3);
  registry_.AddCounter({.name = "b_total", .help = "B", .labels = {"partition"}}).value().With("1").Increment();
  registry_.AddHistogram({.name = "c", .help = "C", .labels = {"x"}}, Bounds({1})).value().With("1").Observe(1);
  registry_.AddCounter({.name = "d_total", .help = "D", .labels = {"partition"}}).value();
  const Snapshot full = registry_.TakeSnapshot();
  const Snapshot view = AggregatedView({"partition"}).Of(registry_.TakeSnapshot());
  ASSERT_EQ(view.families().size(), 4U);
  EXPECT_EQ(&view.families()[0].info(), &full.families()[0].info());
  EXPECT_EQ(view.families()[2].As<metrics::HistogramValues>()[0].count, 1U);
  EXPECT_EQ(view.families()[3].size(), 0U);
  EXPECT_EQ(PageOfView({"none"}), PageOf<TextEncoder>(registry_));
}

TEST_F(AggregatedViewTest, TakesTheLabelsOffTheFamily) {
  registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"x", "partition", "y"}}).value();
  const Snapshot view = AggregatedView({"partition"}).Of(registry_.TakeSnapshot());
  EXPECT_EQ(view.families()[0].info().label_names, (std::vector<std::string>{"x", "y"}));
}

TEST_F(AggregatedViewTest, AggregatesAGaugeByItsRule) {
  const auto lag = registry_
                       .AddDoubleGauge({.name = "lag_seconds",
                                        .help = "Lag",
                                        .labels = {"partition"},
                                        .aggregation = metrics::Aggregation::kMax})
                       .value();
  lag.With("1").Set(1.5);
  lag.With("2").Set(0.5);
  EXPECT_EQ(PageOfView({"partition"}), "# HELP lag_seconds Lag\n# TYPE lag_seconds gauge\nlag_seconds 1.5\n");
}

TEST_F(AggregatedViewTest, KeepsExemplars) {
  const auto sent = registry_
                        .AddCounter({.name = "sent_total",
                                     .help = "Sent",
                                     .labels = {"partition"},
                                     .exemplars = metrics::Exemplars::kSampled})
                        .value();
  sent.With("1").Increment();
  sent.With("2").Increment(1, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  const Snapshot view = AggregatedView({"partition"}).Of(registry_.TakeSnapshot());
  OpenMetricsEncoder encoder(view.families());
  EXPECT_NE(ReadPage(encoder).value().find("\nsent_total 2 # {trace_id="), std::string::npos);
}

// Goal: both views show the same totals, to the last digit, of many series of every kind.
TEST_F(AggregatedViewTest, ItsSumsAreThoseOfTheFullSnapshot) {
  const auto counters =
      registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"topic", "partition"}}).value();
  const auto histograms =
      registry_.AddHistogram({.name = "b", .help = "B", .labels = {"topic", "partition"}}, Bounds({1, 10})).value();
  for (int i = 0; i < 2'000; ++i) {
    const std::string topic = std::to_string(i % 7);
    const std::string partition = std::to_string(i);
    counters.With(topic, partition).Increment((1ULL << 53U) + static_cast<std::uint64_t>(i));
    histograms.With(topic, partition).Observe(i % 20);
  }
  const Snapshot full = registry_.TakeSnapshot();
  const Snapshot view = AggregatedView({"partition"}).Of(registry_.TakeSnapshot());
  const auto total = [](const Snapshot& snapshot, auto value) {
    std::uint64_t sum = 0;
    for (const FamilySnapshot& family : snapshot.families()) {
      for (std::size_t i = 0; i < family.size(); ++i) sum += value(family, i);
    }
    return sum;
  };
  const auto values = [](const FamilySnapshot& family, std::size_t i) {
    return family.info().name == "a_total" ? family.As<metrics::CounterValues<std::uint64_t>>()[i]
                                           : family.As<metrics::HistogramValues>()[i].bucket_counts[1];
  };
  EXPECT_EQ(view.families()[0].size(), 7U);
  EXPECT_EQ(total(view, values), total(full, values));
}

TEST_F(AggregatedViewTest, IsOfTheSameTimeAndTarget) {
  metrics::Registry registry({.target = {{"version", "1.0"}}});
  Snapshot snapshot = registry.TakeSnapshot();
  const auto taken_at = snapshot.taken_at();
  const Snapshot view = AggregatedView({"partition"}).Of(std::move(snapshot));
  EXPECT_EQ(view.taken_at(), taken_at);
  EXPECT_EQ(view.target().size(), 1U);
}

TEST_F(AggregatedViewTest, OutlivesTheRegistryAndItsSeries) {
  Snapshot view;
  {
    metrics::Registry registry;
    const auto family = registry.AddCounter({.name = "a_total", .help = "A", .labels = {"x", "partition"}}).value();
    family.With(std::string(100, 'x'), "1").Increment();
    view = AggregatedView({"partition"}).Of(registry.TakeSnapshot());
    family.Remove(std::string(100, 'x'), "1");
  }
  EXPECT_EQ(view.families()[0].label_text(0), "x=\"" + std::string(100, 'x') + "\"");
}

}  // namespace
}  // namespace streamhouse::exporters
