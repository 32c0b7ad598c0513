#include "exporters/select/family_selection.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::MetricKind;
using metrics::NameEscaping;
using Part = FamilySelection::Part;

Part PartOf(const FamilyInfo& info, const std::string& selector, NameEscaping escaping = NameEscaping::kNone) {
  const Selection selection = Selection::Parse({}, {selector}).value();
  return FamilySelection(selection, info, escaping).part();
}

Part PartOfName(const FamilyInfo& info, const std::string& name, NameEscaping escaping = NameEscaping::kNone) {
  const Selection selection = Selection::Parse({name}, {}).value();
  return FamilySelection(selection, info, escaping).part();
}

// Whether a series of "sent_total" is chosen.
bool Chooses(const std::vector<std::string>& selectors, const std::string& label_text) {
  const FamilyInfo info = {.name = "sent_total", .kind = MetricKind::kCounter, .label_names = {"topic", "partition"}};
  const Selection selection = Selection::Parse({}, selectors).value();
  FamilySelection family(selection, info, NameEscaping::kNone);
  EXPECT_EQ(family.part(), Part::kSome);
  return family.Chooses(label_text);
}

const FamilyInfo kHistogram = {.name = "lag_seconds", .kind = MetricKind::kHistogram, .bounds = {0.5, 1}};

TEST(FamilySelectionTest, ChoosesSeriesByTheirLabels) {
  const std::string series = R"(topic="orders",partition="12")";
  EXPECT_TRUE(Chooses({R"({topic="orders",partition=~"1.*"})"}, series));
  EXPECT_FALSE(Chooses({R"({topic="orders",partition=~"1"})"}, series));
  EXPECT_TRUE(Chooses({R"(sent_total{partition!="1"})"}, series));
  EXPECT_FALSE(Chooses({R"({topic!~"o.*"})"}, series));
}

TEST(FamilySelectionTest, ChoosesWhatAnySelectorChooses) {
  const std::string series = R"(topic="orders",partition="12")";
  EXPECT_TRUE(Chooses({R"({topic="a"})", R"({partition="12"})"}, series));
  EXPECT_FALSE(Chooses({R"({topic="a"})", R"({topic="b"})"}, series));
}

TEST(FamilySelectionTest, ComparesValuesAsTheyAreMeant) {
  EXPECT_TRUE(Chooses({R"({topic="a\"b\\c\nd"})"}, R"(topic="a\"b\\c\nd",partition="")"));
  EXPECT_TRUE(Chooses({R"({topic="},{",partition="1"})"}, R"(topic="},{",partition="1")"));
}

// A value that does not change is decided once.
TEST(FamilySelectionTest, DecidesEachSeriesByItsOwnValues) {
  const FamilyInfo info = {.name = "lag", .kind = MetricKind::kGauge, .label_names = {"a", "b", "c"}};
  const Selection selection = Selection::Parse({}, {R"({a="x",c=~"1|2"})", R"({a=~"y.*",c!="1"})"}).value();
  FamilySelection family(selection, info, NameEscaping::kNone);
  std::string chosen;
  for (const char* text :
       {R"(a="x",b="",c="1")", R"(a="x",b="\"",c="3")", R"(a="xx",b="\\",c="1")", R"(a="x",b="\\",c="2")",
        R"(a="y",b="\\",c="2")", R"(a="y",b="z",c="1")", R"(a="y\"",b="z",c="1")", R"(a="y\"",b="z",c="12")"}) {
    chosen += family.Chooses(text) ? '1' : '0';
  }
  EXPECT_EQ(chosen, "10011001");
}

TEST(FamilySelectionTest, TakesAnEmptyLabelAndAMissingOneForTheSame) {
  EXPECT_TRUE(Chooses({R"({topic=""})"}, R"(topic="",partition="1")"));
  const FamilyInfo plain = {.name = "up", .kind = MetricKind::kGauge};
  EXPECT_EQ(PartOf(plain, R"({topic=""})"), Part::kAll);
  EXPECT_EQ(PartOf(plain, R"({topic=~"a|"})"), Part::kAll);
  EXPECT_EQ(PartOf(plain, R"({topic!="a"})"), Part::kAll);
  EXPECT_EQ(PartOf(plain, R"({topic!=""})"), Part::kNone);
  EXPECT_EQ(PartOf(plain, R"({topic=~".+"})"), Part::kNone);
}

TEST(FamilySelectionTest, KnowsAFamilyByTheNamesOfItsSamples) {
  for (const char* name : {"lag_seconds", "lag_seconds_bucket", "lag_seconds_sum", "lag_seconds_count"}) {
    EXPECT_EQ(PartOf(kHistogram, name), Part::kAll) << name;
    EXPECT_EQ(PartOfName(kHistogram, name), Part::kAll) << name;
  }
  for (const char* name : {"lag", "lag_seconds_total", "lag_seconds_created"}) {
    EXPECT_EQ(PartOf(kHistogram, name), Part::kNone) << name;
    EXPECT_EQ(PartOfName(kHistogram, name), Part::kNone) << name;
  }
  EXPECT_EQ(PartOf(kHistogram, R"({__name__=~"lag_.*",__name__!~`.*_(sum|count|bucket)`})"), Part::kAll);
  EXPECT_EQ(PartOf(kHistogram, R"({__name__!~"lag_.*"})"), Part::kNone);
  const FamilyInfo counter = {.name = "sent_total", .kind = MetricKind::kCounter, .has_created = true};
  EXPECT_EQ(PartOf(counter, "sent_created"), Part::kAll);
  EXPECT_EQ(PartOf(counter, "sent"), Part::kNone);
}

TEST(FamilySelectionTest, ChoosesAHistogramByItsBuckets) {
  EXPECT_EQ(PartOf(kHistogram, R"({le="0.5"})"), Part::kAll);
  EXPECT_EQ(PartOf(kHistogram, R"({le="1.0"})"), Part::kAll);
  EXPECT_EQ(PartOf(kHistogram, R"(lag_seconds_bucket{le="+Inf"})"), Part::kAll);
  EXPECT_EQ(PartOf(kHistogram, R"({le="2.0"})"), Part::kNone);
  EXPECT_EQ(PartOf(kHistogram, R"({le=~"0.5",le!="0.5"})"), Part::kNone);
  EXPECT_EQ(PartOf(kHistogram, R"(lag_seconds_sum{le="0.5"})"), Part::kNone);
  EXPECT_EQ(PartOf(kHistogram, R"(lag_seconds_sum{le=""})"), Part::kAll);
  EXPECT_EQ(PartOf(kHistogram, R"(lag_seconds_bucket{le=""})"), Part::kNone);
}

TEST(FamilySelectionTest, ChoosesSummariesByQuantileAndStateSetsByState) {
  const FamilyInfo summary = {.name = "wait", .kind = MetricKind::kSummary, .quantiles = {0.5, 0.99}};
  EXPECT_EQ(PartOf(summary, R"(wait{quantile="0.99"})"), Part::kAll);
  EXPECT_EQ(PartOf(summary, R"({quantile="0.9"})"), Part::kNone);
  const FamilyInfo states = {.name = "role", .kind = MetricKind::kStateSet, .states = {"leader", "follower"}};
  EXPECT_EQ(PartOf(states, R"({role="leader"})"), Part::kAll);
  EXPECT_EQ(PartOf(states, R"({role="observer"})"), Part::kNone);
}

TEST(FamilySelectionTest, TakesNamesAsTheyAreAndAsThePageEscapesThem) {
  const FamilyInfo info = {.name = "http.sent_total", .kind = MetricKind::kCounter, .label_names = {"url.path"}};
  for (const char* name : {R"({"http.sent_total"})", "http_sent_total", R"({__name__=~"http[.].*"})"}) {
    EXPECT_EQ(PartOf(info, name, NameEscaping::kUnderscores), Part::kAll) << name;
  }
  EXPECT_EQ(PartOf(info, "http_sent_total"), Part::kNone) << "the page does not escape";
  EXPECT_EQ(PartOf(info, R"({__name__!="http_sent_total"})", NameEscaping::kUnderscores), Part::kNone);
  EXPECT_EQ(PartOf(info, R"({url_path="/"})", NameEscaping::kUnderscores), Part::kSome);
  EXPECT_EQ(PartOf(info, R"({"url.path"="/"})", NameEscaping::kUnderscores), Part::kSome);
  EXPECT_EQ(PartOfName(info, "http_*", NameEscaping::kUnderscores), Part::kAll);
}

TEST(FamilySelectionTest, TriesNoExpressionAfterItsDeadline) {
  const auto past = std::chrono::steady_clock::now();
  const auto is_late = [&](const FamilyInfo& info, const std::string& selector) {
    const Selection selection = Selection::Parse({}, {selector}).value();
    return FamilySelection(selection, info, NameEscaping::kNone, past).is_late();
  };
  EXPECT_TRUE(is_late(kHistogram, R"({__name__=~".*"})"));
  EXPECT_TRUE(is_late(kHistogram, R"({le=~"0.5"})"));
  EXPECT_TRUE(is_late(kHistogram, R"({none=~".*"})"));
  EXPECT_FALSE(is_late(kHistogram, R"({le="0.5"})")) << "which costs a comparison";
}

TEST(FamilySelectionTest, IsLateWhereTheDeadlinePassesBetweenTwoSeries) {
  const FamilyInfo info = {.name = "sent_total", .kind = MetricKind::kCounter, .label_names = {"topic"}};
  const Selection selection = Selection::Parse({}, {R"({topic=~"a+"})"}).value();
  FamilySelection family(selection, info, NameEscaping::kNone, std::chrono::steady_clock::now());
  EXPECT_EQ(family.part(), Part::kSome);
  EXPECT_FALSE(family.is_late());
  EXPECT_FALSE(family.Chooses("topic=\"a\""));
  EXPECT_TRUE(family.is_late());
}

TEST(FamilySelectionTest, WantsANameAndASelectorWhereBothAreGiven) {
  const FamilyInfo info = {.name = "sent_total", .kind = MetricKind::kCounter, .label_names = {"topic"}};
  const auto part = [&](const char* name, const char* selector) {
    const Selection selection = Selection::Parse({"other", name}, {selector}).value();
    return FamilySelection(selection, info, NameEscaping::kNone).part();
  };
  EXPECT_EQ(part("sent_*", R"({none=""})"), Part::kAll);
  EXPECT_EQ(part("sent_*", R"({topic="a"})"), Part::kSome);
  EXPECT_EQ(part("lost_*", R"({none=""})"), Part::kNone);
  EXPECT_EQ(part("sent_*", "lost_total"), Part::kNone);
}

}  // namespace
}  // namespace streamhouse::exporters
