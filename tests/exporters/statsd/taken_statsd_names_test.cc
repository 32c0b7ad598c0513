#include "exporters/statsd/taken_statsd_names.h"

#include <gtest/gtest.h>

#include "exporters/statsd/statsd_names.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

namespace {

TEST(TakenStatsdNamesTest, RefuseTwoSeriesThatBecomeOne) {
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

TEST(TakenStatsdNamesTest, RefuseANewlineThatBecomesAnUnderscore) {
  metrics::Registry registry;
  const auto family = registry.AddGauge({.name = "a", .help = "A", .labels = {"x"}}).value();
  for (const char* value : {"a\nb", "a_b"}) family.With(value).Set(1);
  for (const StatsdDialect dialect : {StatsdDialect::kPlain, StatsdDialect::kDogStatsd}) {
    EXPECT_EQ(CheckStatsdNames(registry.TakeSnapshot().families(), dialect).code(),
              metrics::StatusCode::kAlreadyExists);
  }
}

TEST(TakenStatsdNamesTest, RefuseStatesThatBecomeOneInTheirDialect) {
  metrics::Registry registry;
  registry.AddStateSet({.name = "mode", .help = "M"}, {"read only", "read_only"}).value().With().TurnOn(0);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(CheckStatsdNames(snapshot.families(), StatsdDialect::kPlain),
            metrics::Status(metrics::StatusCode::kAlreadyExists, "mode: two of its states have one StatsD name"));
  EXPECT_TRUE(CheckStatsdNames(snapshot.families(), StatsdDialect::kDogStatsd).ok());
}

TEST(TakenStatsdNamesTest, RefuseTwoFamiliesThatBecomeOne) {
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
