#include "metrics_core/family_registration.h"

#include <gtest/gtest.h>

#include "metrics_core/counter.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

TEST(KeepFamilyTest, KeepsAFamilyThatWasAdded) {
  Registry registry;
  Family<Counter> family;
  Status status;
  KeepFamily(registry.AddCounter({.name = "kept_total", .help = "Kept"}), family, status);
  EXPECT_TRUE(status.ok());
  family.With().Increment();
  EXPECT_EQ(testing::MetricReader(registry).Value("kept_total"), 1);
}

TEST(KeepFamilyTest, KeepsTheFirstRefusal) {
  Registry registry;
  Family<Counter> family;
  Status status;
  KeepFamily(registry.AddCounter({.name = "kept_total", .help = "Kept"}), family, status);
  KeepFamily(registry.AddCounter({.name = "kept_total", .help = "Another"}), family, status);
  const Status first = status;
  EXPECT_FALSE(first.ok());
  KeepFamily(registry.AddCounter({.name = "not a name", .help = "Refused"}), family, status);
  EXPECT_EQ(status, first);
}

}  // namespace
}  // namespace streamhouse::metrics
