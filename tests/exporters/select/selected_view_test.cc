#include "exporters/select/selected_view.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/encoding/text_page.h"
#include "exporters/select/selection.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/clock.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::steady_clock;

constexpr auto kNoDeadline = steady_clock::time_point::max();

metrics::Snapshot Selected(const metrics::Snapshot& snapshot, const std::vector<std::string>& names,
                           const std::vector<std::string>& selectors) {
  const Selection selection = Selection::Parse(names, selectors).value();
  return SelectedView(snapshot.families(), selection, metrics::NameEscaping::kNone, kNoDeadline).value();
}

template <typename Encoder, typename... Options>
std::string Page(const metrics::Snapshot& snapshot, Options... options) {
  Encoder encoder(snapshot.families(), options...);
  return ReadPage(encoder).value();
}

// One page in every format, one behind another.
std::string AllPages(const metrics::Snapshot& snapshot) {
  return Page<TextEncoder>(snapshot) + Page<OpenMetricsEncoder>(snapshot, CreatedUse::kShown) +
         Page<OpenMetrics2Encoder>(snapshot) + Page<ProtobufEncoder>(snapshot);
}

// A family of each kind.
class EveryKind {
 public:
  // A series of each.
  void Add(const std::string& topic, double value) {
    const metrics::TraceContext trace = {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3};
    counter_.With(topic).Increment(static_cast<std::uint64_t>(value), trace);
    double_counter_.With(topic).Increment(value);
    gauge_.With(topic).Set(static_cast<std::int64_t>(value));
    double_gauge_.With(topic).Set(value);
    up_down_.With(topic).Add(static_cast<std::int64_t>(value));
    histogram_.With(topic).Observe(value, trace);
    exponential_.With(topic).Observe(value, trace);
    info_.With(topic);
    states_.With(topic).SetOnly(1);
    tokens_.push_back(summary_.Add(
        [value] { return metrics::CallbackSummary{.quantile_values = {value}, .sum = value, .count = 1}; }, topic));
  }

  metrics::Snapshot Snapshot() { return registry_.TakeSnapshot(); }

 private:
  static metrics::MetricOptions Options(std::string name, metrics::Exemplars exemplars = metrics::Exemplars::kNone) {
    return {.name = std::move(name), .help = "H", .labels = {"topic"}, .exemplars = exemplars};
  }

  metrics::Registry registry_;
  const metrics::BucketBounds bounds_ = Bounds({1, 4});
  const metrics::Family<metrics::Counter> counter_ =
      registry_.AddCounter(Options("a_total", metrics::Exemplars::kSampled)).value();
  const metrics::Family<metrics::DoubleCounter> double_counter_ =
      registry_.AddDoubleCounter(Options("b_total")).value();
  const metrics::Family<metrics::Gauge> gauge_ = registry_.AddGauge(Options("c")).value();
  const metrics::Family<metrics::DoubleGauge> double_gauge_ = registry_.AddDoubleGauge(Options("d")).value();
  const metrics::Family<metrics::UpDownCounter> up_down_ = registry_.AddUpDownCounter(Options("e")).value();
  const metrics::Family<metrics::Histogram> histogram_ =
      registry_.AddHistogram(Options("f", metrics::Exemplars::kSampled), bounds_).value();
  const metrics::Family<metrics::ExponentialHistogram> exponential_ =
      registry_.AddExponentialHistogram(Options("g", metrics::Exemplars::kSampled), bounds_).value();
  const metrics::Family<metrics::Info> info_ = registry_.AddInfo(Options("h_info")).value();
  const metrics::Family<metrics::StateSet> states_ = registry_.AddStateSet(Options("i"), {"idle", "busy"}).value();
  const metrics::CallbackSummaryFamily summary_ = registry_.AddCallbackSummary(Options("j"), {0.5}).value();
  std::vector<metrics::CallbackSummaryFamily::Token> tokens_;
};

// Goal: the values of every kind are those of their series.
// Method: the page of some series, beside the selected page when there are more.
TEST(SelectedViewTest, ShowsTheSeriesOfEveryKindAsIfThereWereNoOthers) {
  EveryKind kinds;
  kinds.Add("b", 5);
  const std::string expected = AllPages(kinds.Snapshot());
  kinds.Add("a", 2);
  kinds.Add("c", 7);
  EXPECT_EQ(AllPages(Selected(kinds.Snapshot(), {}, {R"({topic="b"})"})), expected);
  EXPECT_NE(AllPages(Selected(kinds.Snapshot(), {}, {R"({topic="a"})"})), expected);
}

TEST(SelectedViewTest, KeepsTheOrderOfTheSnapshot) {
  EveryKind kinds;
  kinds.Add("b", 5);
  kinds.Add("a", 2);
  const std::string expected = AllPages(kinds.Snapshot());
  kinds.Add("c", 7);
  EXPECT_EQ(AllPages(Selected(kinds.Snapshot(), {}, {R"({topic="a"})", R"({topic="b"})"})), expected);
}

TEST(SelectedViewTest, LeavesOutFamiliesWithoutAChosenSeries) {
  EveryKind kinds;
  kinds.Add("a", 2);
  kinds.Add("b", 2);
  const metrics::Snapshot snapshot = kinds.Snapshot();
  EXPECT_EQ(Page<TextEncoder>(Selected(snapshot, {"c"}, {R"({topic="a"})"})),
            "# HELP c H\n# TYPE c gauge\nc{topic=\"a\"} 2\n");
  EXPECT_EQ(Selected(snapshot, {}, {R"({topic="x"})"}).families().size(), 0U);
  EXPECT_EQ(Selected(snapshot, {"x*"}, {}).families().size(), 0U);
}

TEST(SelectedViewTest, BorrowsAFamilyOfWhichAllSeriesAreChosen) {
  EveryKind kinds;
  kinds.Add("a", 2);
  const metrics::Snapshot snapshot = kinds.Snapshot();
  const auto is_borrowed = [&](const std::string& selector) {
    const metrics::Snapshot selected = Selected(snapshot, {"c"}, {selector});
    const auto& values = selected.families()[0].As<metrics::GaugeValues<std::int64_t>>();
    return values.numbers.data() == snapshot.families()[2].As<metrics::GaugeValues<std::int64_t>>().numbers.data();
  };
  EXPECT_TRUE(is_borrowed("c"));
  EXPECT_TRUE(is_borrowed(R"({topic="a"})"));
  kinds.Add("b", 2);
}

TEST(SelectedViewTest, GivesUpAtItsDeadline) {
  EveryKind kinds;
  kinds.Add("a", 2);
  const metrics::Snapshot snapshot = kinds.Snapshot();
  const Selection selection = Selection::Parse({}, {R"({topic="a"})"}).value();
  const auto select = [&](steady_clock::time_point deadline) {
    return SelectedView(snapshot.families(), selection, metrics::NameEscaping::kNone, deadline).has_value();
  };
  EXPECT_FALSE(select(steady_clock::now()));
  EXPECT_TRUE(select(kNoDeadline));
}

}  // namespace
}  // namespace streamhouse::exporters
