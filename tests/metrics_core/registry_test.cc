#include "metrics_core/registry.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

TEST(RegistryTest, EachScrapeSeesWhatWasRecordedSinceTheLast) {
  Registry registry;
  const Counter counter = registry.AddCounter({.name = "sent_total", .help = "h"}).value().With();
  EXPECT_EQ(Page(registry), "sent_total 0\n");
  counter.Increment();
  EXPECT_EQ(Page(registry), "sent_total 1\n");
  std::thread([&] { counter.Increment(); }).join();
  EXPECT_EQ(Page(registry), "sent_total 2\n");
}

}  // namespace
}  // namespace streamhouse::metrics
