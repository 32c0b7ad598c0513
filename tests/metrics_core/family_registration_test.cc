#include "metrics_core/family_registration.h"

#include <gtest/gtest.h>

#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

class FamilyRegistrationTest : public ::testing::Test {
 protected:
  double Value(const char* name) { return testing::MetricReader(registry_).Value(name).value(); }

  Registry registry_;
  FamilyRegistration families_{registry_};
};

TEST_F(FamilyRegistrationTest, RegistersFamiliesOfEachKind) {
  families_.AddCounter({.name = "sent_total", .help = "Sent"}).With().Increment();
  families_.AddGauge({.name = "queued", .help = "Queued"}).With().Set(2);
  families_.AddDoubleGauge({.name = "ratio", .help = "Ratio"}).With().Set(0.5);
  families_.AddUpDownCounter({.name = "open", .help = "Open"}).With().Add(4);
  families_.AddTickHistogram({.name = "size", .help = "Size"}, LatencyBounds(), kNanosecondsPerSecond)
      .With()
      .Observe(1);
  EXPECT_TRUE(families_.status().ok());
  EXPECT_EQ(Value("sent_total") + Value("queued") + Value("ratio") + Value("open"), 7.5);
}

TEST_F(FamilyRegistrationTest, KeepsTheFirstRefusalAndGivesASinkInstead) {
  families_.AddCounter({.name = "kept_total", .help = "Kept"}).With().Increment();
  families_.AddCounter({.name = "kept_total", .help = "Another"}).With().Increment();
  const Status first = families_.status();
  EXPECT_EQ(first.code(), StatusCode::kAlreadyExists);
  families_.AddCounter({.name = "not a name", .help = "Refused"}).With().Increment();
  EXPECT_EQ(families_.status(), first);
  EXPECT_EQ(Value("kept_total"), 1);
}

TEST_F(FamilyRegistrationTest, RegistersWhatComesAfterARefusal) {
  families_.AddCounter({.name = "not a name", .help = "Refused"}).With().Increment();
  families_.AddCounter({.name = "kept_total", .help = "Kept"}).With().Increment();
  EXPECT_EQ(Value("kept_total"), 1);
}

}  // namespace
}  // namespace streamhouse::metrics
