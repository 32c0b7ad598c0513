#include "metrics_core/naming/metric_name.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

FamilyInfo OfKind(MetricKind kind, std::string name) {
  FamilyInfo info;
  info.name = std::move(name);
  info.help = "h";
  info.kind = kind;
  return info;
}

FamilyInfo Counter(std::string name) {
  return OfKind(MetricKind::kCounter, std::move(name));
}

FamilyInfo Gauge(std::string name) {
  return OfKind(MetricKind::kGauge, std::move(name));
}

FamilyInfo Histogram(std::string name) {
  return OfKind(MetricKind::kHistogram, std::move(name));
}

FamilyInfo WithUnit(FamilyInfo info, std::string unit) {
  info.unit = std::move(unit);
  return info;
}

FamilyInfo WithLabels(FamilyInfo info, std::vector<std::string> labels) {
  info.label_names = std::move(labels);
  return info;
}

std::string WhyRefused(const FamilyInfo& info) {
  return CheckFamily(info).message();
}

TEST(MetricNameTest, AMetricNameIsOfLettersDigitsUnderscoresAndColons) {
  for (const std::string_view legal : {"a", "_", ":", "a1", "A_b:c9", "__a"}) {
    EXPECT_TRUE(IsLegalMetricName(legal)) << legal;
  }
  for (const std::string_view illegal : {"", "1a", "a-b", "a b", "a.b", "\xC3\xA9", "a\n"}) {
    EXPECT_FALSE(IsLegalMetricName(illegal)) << illegal;
  }
  EXPECT_FALSE(IsLegalMetricName(std::string_view("a\0", 2)));
}

TEST(MetricNameTest, ALabelNameHasNoColonAndIsNotReserved) {
  for (const std::string_view legal : {"a", "_a", "a1", "A__b"}) EXPECT_TRUE(IsLegalLabelName(legal)) << legal;
  for (const std::string_view illegal : {"", "1a", "a:b", "__name__", "__"}) {
    EXPECT_FALSE(IsLegalLabelName(illegal)) << illegal;
  }
}

TEST(MetricNameTest, ACounterAndNothingElseEndsWithTotal) {
  EXPECT_TRUE(CheckFamily(Counter("a_total")).ok());
  EXPECT_EQ(WhyRefused(Counter("a")), "metric \"a\": a counter ends with \"_total\"");
  EXPECT_EQ(WhyRefused(Counter("_total")), "metric \"_total\": a name has more than a suffix");
  EXPECT_EQ(WhyRefused(Gauge("a_total")), "metric \"a_total\": only a counter ends with \"_total\"");
  EXPECT_EQ(WhyRefused(Histogram("a_total")), "metric \"a_total\": only a counter ends with \"_total\"");
}

TEST(MetricNameTest, NothingEndsWithWhatSamplesOfOtherTypesEndWith) {
  for (const std::string suffix : {"_bucket", "_count", "_sum", "_created"}) {
    const std::string why = "the suffix \"" + suffix + "\" is reserved for samples of other types";
    EXPECT_EQ(WhyRefused(Gauge("a" + suffix)), "metric \"a" + suffix + "\": " + why);
    EXPECT_EQ(WhyRefused(Histogram("a" + suffix)), "metric \"a" + suffix + "\": " + why);
    EXPECT_EQ(WhyRefused(Counter("a" + suffix + "_total")), "metric \"a" + suffix + "_total\": " + why);
  }
  EXPECT_TRUE(CheckFamily(Gauge("a_bucket_size")).ok());
}

TEST(MetricNameTest, ANameEndsWithItsUnit) {
  EXPECT_TRUE(CheckFamily(WithUnit(Counter("a_bytes_total"), "bytes")).ok());
  EXPECT_TRUE(CheckFamily(WithUnit(Gauge("a_seconds"), "seconds")).ok());
  EXPECT_EQ(WhyRefused(WithUnit(Gauge("a_bytes"), "seconds")),
            "metric \"a_bytes\": a name ends with its unit, here \"_seconds\" (before \"_total\")");
  EXPECT_FALSE(CheckFamily(WithUnit(Gauge("seconds"), "seconds")).ok());
  EXPECT_EQ(WhyRefused(WithUnit(Gauge("a_m/s"), "m/s")), "metric \"a_m/s\": a name matches [a-zA-Z_:][a-zA-Z0-9_:]*");
  EXPECT_EQ(WhyRefused(WithUnit(Gauge("a_b"), "1b")), "metric \"a_b\": unit \"1b\" is not a legal name");
}

TEST(MetricNameTest, HelpIsMandatory) {
  FamilyInfo info = Gauge("a");
  info.help.clear();
  EXPECT_EQ(WhyRefused(info), "metric \"a\": help is missing");
}

TEST(MetricNameTest, HelpIsUtf8) {
  FamilyInfo info = Gauge("a");
  info.help = "Temp\xC3\xA9rature";
  EXPECT_TRUE(CheckFamily(info).ok());
  info.help = "Temp\xE9rature";
  EXPECT_EQ(WhyRefused(info), "metric \"a\": help is not UTF-8");
}

TEST(MetricNameTest, LabelsAreLegalAndDistinct) {
  EXPECT_TRUE(CheckFamily(WithLabels(Gauge("a"), {"x", "y"})).ok());
  EXPECT_EQ(WhyRefused(WithLabels(Gauge("a"), {"x", "x"})), "metric \"a\": label \"x\" stands twice");
  EXPECT_EQ(WhyRefused(WithLabels(Gauge("a"), {"x", "__y"})),
            "metric \"a\": label \"__y\" does not match [a-zA-Z_][a-zA-Z0-9_]* or starts with \"__\"");
}

TEST(MetricNameTest, OnlyAHistogramReservesTheLabelOfItsBounds) {
  EXPECT_EQ(WhyRefused(WithLabels(Histogram("a"), {"le"})), "metric \"a\": label \"le\" is the histogram's own");
  EXPECT_TRUE(CheckFamily(WithLabels(Gauge("a"), {"le"})).ok());
}

// An info's suffix is open to gauges: many programs have a gauge called build_info.
TEST(MetricNameTest, TheSampleSuffixesOfEveryKindAreReserved) {
  for (const KindDescription& kind : kKindDescriptions) {
    for (const std::string_view suffix : kind.sample_suffixes) {
      const bool is_open = suffix.empty() || suffix == kInfoSuffix;
      EXPECT_EQ(CheckFamily(Gauge(std::string("a").append(suffix))).ok(), is_open) << kind.word << " " << suffix;
    }
  }
  EXPECT_FALSE(CheckFamily(Gauge("a_created")).ok());
}

TEST(MetricNameTest, AFamilyOccupiesEachNameThatAnyFormatGivesIt) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(OccupiedNames(Counter("a_total")), (Names{"a", "a_total", "a_created"}));
  EXPECT_EQ(OccupiedNames(Gauge("a")), Names{"a"});
  EXPECT_EQ(OccupiedNames(Histogram("a")), (Names{"a", "a_bucket", "a_sum", "a_count", "a_created"}));
}

TEST(Utf8NamesTest, AreAnyUtf8) {
  const auto check = [](const FamilyInfo& info) { return std::string(CheckFamily(info, NameRules::kUtf8).message()); };
  EXPECT_EQ(check(WithLabels(Gauge("http.server \"\xC3\xA4\""), {"a.b", "\xE2\x82\xAC"})), "");
  EXPECT_EQ(check(Counter("a.b")), "metric \"a.b\": a counter ends with \"_total\"");
  EXPECT_EQ(check(Gauge("")), "metric \"\": a name is UTF-8 and not empty");
  EXPECT_EQ(check(Gauge("a\xFF")), "metric \"a\xFF\": a name is UTF-8 and not empty");
  for (const char* bad : {"", "__a", "a\xFF", "..name.."}) {
    EXPECT_EQ(check(WithLabels(Gauge("a"), {bad})), "metric \"a\": label \"" + std::string(bad) +
                                                        "\" is empty, not UTF-8 or starts with \"__\", escaped or not");
  }
}

TEST(Utf8NamesTest, KeepReservedSuffixesFreeWhenTheyAreEscaped) {
  EXPECT_FALSE(CheckFamily(Gauge("x.total"), NameRules::kUtf8).ok());
  EXPECT_FALSE(CheckFamily(Gauge("x.count"), NameRules::kUtf8).ok());
  EXPECT_TRUE(CheckFamily(Gauge("x.y"), NameRules::kUtf8).ok());
}

TEST(Utf8NamesTest, LabelsStayDistinctByEveryEscaping) {
  const auto check = [](std::vector<std::string> labels) {
    return CheckFamily(WithLabels(Gauge("a"), std::move(labels)), NameRules::kUtf8).ok();
  };
  EXPECT_FALSE(check({"a.b", "a_b"}));
  EXPECT_FALSE(check({"a_dot_b", "a.b"}));
  EXPECT_FALSE(check({"a.b", "U__a_2e_b"}));
  EXPECT_TRUE(check({"a.b", "a.c", "a"}));
}

TEST(Utf8NamesTest, OccupyTheirEscapedFormsAsWell) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(OccupiedNames(Gauge("a.b")), (Names{"a_b", "a_dot_b", "U__a_2e_b", "a.b"}));
  EXPECT_EQ(OccupiedNames(Counter("a.b_total")),
            (Names{"a_b", "a_b_total", "a_b_created", "a_dot_b_", "a_dot_b__total", "a_dot_b__created", "U__a_2e_b_",
                   "U__a_2e_b__total", "U__a_2e_b__created", "a.b", "a.b_total", "a.b_created"}));
}

TEST(CheckFamilyTest, OnlyGaugesAggregateByAnotherRuleThanTheirSum) {
  for (FamilyInfo info : {Counter("a_total"), Gauge("a"), Histogram("a")}) {
    info.aggregation = Aggregation::kMax;
    EXPECT_EQ(CheckFamily(info).ok(), info.kind == MetricKind::kGauge) << info.name;
  }
}

}  // namespace
}  // namespace streamhouse::metrics
