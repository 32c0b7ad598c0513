#include "metrics_core/reading/metric_kind.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

// One property of all kinds, by the kind's word.
template <typename Property>
std::map<std::string_view, std::string_view> TextsOf(Property property) {
  std::map<std::string_view, std::string_view> texts;
  for (const KindDescription& kind : kKindDescriptions) texts[kind.word] = kind.*property;
  return texts;
}

using Texts = std::map<std::string_view, std::string_view>;

TEST(MetricKindTest, EachKindIsFoundByItsName) {
  EXPECT_EQ(Describe(MetricKind::kCounter).word, "counter");
  EXPECT_EQ(Describe(MetricKind::kSummary).word, "summary");
}

TEST(MetricKindTest, PrometheusTextHasFourTypes) {
  EXPECT_EQ(TextsOf(&KindDescription::text_type), (Texts{{"counter", "counter"},
                                                         {"up-down counter", "gauge"},
                                                         {"gauge", "gauge"},
                                                         {"info", "gauge"},
                                                         {"state set", "gauge"},
                                                         {"histogram", "histogram"},
                                                         {"exponential histogram", "histogram"},
                                                         {"summary", "summary"}}));
}

TEST(MetricKindTest, OpenMetricsHasInfosAndStateSetsToo) {
  EXPECT_EQ(TextsOf(&KindDescription::open_metrics_type), (Texts{{"counter", "counter"},
                                                                 {"up-down counter", "gauge"},
                                                                 {"gauge", "gauge"},
                                                                 {"info", "info"},
                                                                 {"state set", "stateset"},
                                                                 {"histogram", "histogram"},
                                                                 {"exponential histogram", "histogram"},
                                                                 {"summary", "summary"}}));
}

// COUNTER 0, GAUGE 1, SUMMARY 2, HISTOGRAM 4 in io/prometheus/client/metrics.proto; COUNTER 1,
// GAUGE 2, HISTOGRAM 3, SUMMARY 5, INFO 6, STATESET 7 in io/prometheus/write/v2/types.proto.
TEST(MetricKindTest, ProtobufAndRemoteWriteNumberTheTypes) {
  std::map<std::string_view, std::pair<int, int>> numbers;
  for (const KindDescription& kind : kKindDescriptions) {
    numbers[kind.open_metrics_type] = {kind.protobuf_type, kind.remote_write_type};
  }
  EXPECT_EQ(numbers, (std::map<std::string_view, std::pair<int, int>>{{"counter", {0, 1}},
                                                                      {"gauge", {1, 2}},
                                                                      {"histogram", {4, 3}},
                                                                      {"info", {1, 6}},
                                                                      {"stateset", {1, 7}},
                                                                      {"summary", {2, 5}}}));
}

TEST(MetricKindTest, OnlySumsThatNeverFallAreMonotonicSumsInOtlp) {
  std::set<std::string_view> monotonic;
  std::set<std::string_view> others;
  for (const KindDescription& kind : kKindDescriptions) {
    if (kind.otlp_data != OtlpData::kSum) continue;
    (kind.is_monotonic == Has::kYes ? monotonic : others).insert(kind.word);
  }
  EXPECT_EQ(monotonic, std::set<std::string_view>{"counter"});
  EXPECT_EQ(others, (std::set<std::string_view>{"info", "state set", "up-down counter"}));
}

TEST(MetricKindTest, EachMonotonicKindHasAStartTime) {
  for (const KindDescription& kind : kKindDescriptions) EXPECT_EQ(kind.start_time, kind.is_monotonic) << kind.word;
}

TEST(MetricKindTest, ABaseNameHasNoSuffixOfItsKind) {
  EXPECT_EQ(BaseName("sent_total", MetricKind::kCounter), "sent");
  EXPECT_EQ(BaseName("build_info", MetricKind::kInfo), "build");
  EXPECT_EQ(BaseName("build_info", MetricKind::kGauge), "build_info");
}

TEST(MetricKindTest, AStartTimeIsNamedAfterTheBase) {
  EXPECT_EQ(CreatedName("sent_total", MetricKind::kCounter), "sent_created");
  EXPECT_EQ(CreatedName("wait", MetricKind::kHistogram), "wait_created");
}

}  // namespace
}  // namespace streamhouse::metrics
