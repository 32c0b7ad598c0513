#include "exporters/statsd/statsd_names.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

std::string LabelsOf(std::string_view label_text, StatsdDialect dialect) {
  std::string labels;
  AppendStatsdLabels(label_text, dialect, labels);
  return labels;
}

TEST(StatsdNamesTest, HaveLabelsInPlainNames) {
  EXPECT_EQ(LabelsOf("topic=\"orders\",partition=\"3\"", StatsdDialect::kPlain), ".topic.orders.partition.3");
  EXPECT_EQ(LabelsOf("", StatsdDialect::kPlain), "");
}

TEST(StatsdNamesTest, HaveLabelsAsTags) {
  EXPECT_EQ(LabelsOf("topic=\"orders\",partition=\"3\"", StatsdDialect::kDogStatsd), "topic:orders,partition:3");
}

TEST(StatsdNamesTest, LeaveOutLabelsWithoutAValue) {
  EXPECT_EQ(LabelsOf("a=\"\",b=\"1\"", StatsdDialect::kPlain), ".b.1");
  EXPECT_EQ(LabelsOf("a=\"\",b=\"1\"", StatsdDialect::kDogStatsd), "b:1");
}

TEST(StatsdNamesTest, ReplaceCharactersThatALineCannotHave) {
  std::string name;
  AppendStatsdName("http.requests:\xc3\xa4", StatsdDialect::kPlain, name);
  EXPECT_EQ(name, "http_requests___");
  name.clear();
  AppendStatsdName("http.requests:a", StatsdDialect::kDogStatsd, name);
  EXPECT_EQ(name, "http.requests_a");
  EXPECT_EQ(LabelsOf("a=\"b.c:d|e@f#g,h\\ni\\\"-\"", StatsdDialect::kPlain), ".a.b_c_d_e_f_g_h_i_-");
  EXPECT_EQ(LabelsOf("a=\"b.c:d|e@f#g,h\\ni\\\"-\"", StatsdDialect::kDogStatsd), "a:b.c_d_e_f_g_h_i\"-");
}

TEST(StatsdNamesTest, RefuseTwoSeriesThatBecomeOne) {
  metrics::Registry registry;
  const auto family = registry.AddGauge({.name = "a", .help = "A", .labels = {"x"}}).value();
  for (const char* value : {"1_2", "1-2", "3"}) family.With(value).Set(1);
  EXPECT_TRUE(CheckStatsdNames(registry.TakeSnapshot().families(), StatsdDialect::kPlain).ok());
  family.With("1.2").Set(1);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(CheckStatsdNames(snapshot.families(), StatsdDialect::kPlain),
            metrics::Status(metrics::StatusCode::kAlreadyExists, "a: two of its series have one StatsD name"));
  EXPECT_TRUE(CheckStatsdNames(snapshot.families(), StatsdDialect::kDogStatsd).ok());
}

TEST(StatsdNamesTest, RefuseANewlineThatBecomesAnUnderscore) {
  metrics::Registry registry;
  const auto family = registry.AddGauge({.name = "a", .help = "A", .labels = {"x"}}).value();
  for (const char* value : {"a\nb", "a_b"}) family.With(value).Set(1);
  for (const StatsdDialect dialect : {StatsdDialect::kPlain, StatsdDialect::kDogStatsd}) {
    EXPECT_EQ(CheckStatsdNames(registry.TakeSnapshot().families(), dialect).code(),
              metrics::StatusCode::kAlreadyExists);
  }
}

TEST(StatsdNamesTest, RefuseStatesThatBecomeOneInTheirDialect) {
  metrics::Registry registry;
  registry.AddStateSet({.name = "mode", .help = "M"}, {"read only", "read_only"}).value().With().TurnOn(0);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(CheckStatsdNames(snapshot.families(), StatsdDialect::kPlain),
            metrics::Status(metrics::StatusCode::kAlreadyExists, "mode: two of its states have one StatsD name"));
  EXPECT_TRUE(CheckStatsdNames(snapshot.families(), StatsdDialect::kDogStatsd).ok());
}

TEST(StatsdNamesTest, RefuseTwoFamiliesThatBecomeOne) {
  metrics::Registry registry;
  const auto first = registry.AddGauge({.name = "a_b", .help = "A"});
  const auto second = registry.AddGauge({.name = "a:b", .help = "A"});
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(CheckStatsdNames(snapshot.families(), StatsdDialect::kPlain),
            metrics::Status(metrics::StatusCode::kAlreadyExists, "a:b: another family has its StatsD name"));
  EXPECT_FALSE(CheckStatsdNames(snapshot.families(), StatsdDialect::kDogStatsd).ok());
}

}  // namespace
}  // namespace streamhouse::exporters
