#include "metrics_core/callback_family.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "metrics_core/registry.h"
#include "metrics_core/snapshot.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

using testing::MetricReader;

class CallbackFamilyTest : public ::testing::Test {
 protected:
  std::optional<double> Read(std::string_view queue) {
    return MetricReader(registry_).Value("queue_records", {{"queue", queue}});
  }

  Registry registry_;
  CallbackFamily family_ =
      registry_.AddCallbackGauge({.name = "queue_records", .help = "Test", .labels = {"queue"}}).value();
};

TEST_F(CallbackFamilyTest, AsksAtEachScrape) {
  double length = 1;
  const auto token = family_.Add([&] { return length; }, "ingest");
  EXPECT_EQ(Read("ingest"), 1);
  length = 2.5;
  EXPECT_EQ(Read("ingest"), 2.5);
}

TEST_F(CallbackFamilyTest, KeepsASeriesForEachToken) {
  const auto first = family_.Add([] { return 1.0; }, "a");
  const auto second = family_.Add([] { return 2.0; }, "b");
  EXPECT_EQ(Read("a"), 1);
  EXPECT_EQ(Read("b"), 2);
}

TEST_F(CallbackFamilyTest, NeverAsksAfterTheTokenIsGone) {
  auto token = std::make_optional(family_.Add([] { return 1.0; }, "a"));
  token.reset();
  EXPECT_EQ(Read("a"), std::nullopt);
  const auto again = family_.Add([] { return 2.0; }, "a");
  EXPECT_EQ(Read("a"), 2);
}

TEST_F(CallbackFamilyTest, AMovedTokenKeepsItsSeries) {
  CallbackFamily::Token kept;
  {
    auto token = family_.Add([] { return 1.0; }, "a");
    kept = std::move(token);
  }
  EXPECT_EQ(Read("a"), 1);
}

// Goal: what a callback refers to may be destroyed right after its token. Method: the callback stays in until the
// token's destructor is known to have been called, then leaves a mark; the destructor must not return before the mark.
TEST_F(CallbackFamilyTest, DestroyingATokenWaitsForItsCallback) {
  std::atomic<bool> inside{false};
  std::atomic<bool> may_leave{false};
  std::atomic<bool> has_left{false};
  auto token = std::make_optional(family_.Add(
      [&] {
        inside.store(true);
        while (!may_leave.load()) std::this_thread::yield();
        has_left.store(true);
        return 1.0;
      },
      "a"));
  std::thread scrape([&] { static_cast<void>(registry_.TakeSnapshot()); });
  while (!inside.load()) std::this_thread::yield();
  std::thread release([&] { may_leave.store(true); });
  token.reset();
  EXPECT_TRUE(has_left.load());
  release.join();
  scrape.join();
}

TEST_F(CallbackFamilyTest, ACallbackMayDestroyItsOwnToken) {
  std::optional<CallbackFamily::Token> token;
  const auto held = std::make_shared<int>(7);
  token = family_.Add(
      [&token, held] {
        token.reset();
        return static_cast<double>(*held);
      },
      "a");
  EXPECT_EQ(Read("a"), 7);
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(CallbackFamilyTest, ASnapshotKeepsTheLabelsOfASeriesThatIsGone) {
  auto token = std::make_optional(family_.Add([] { return 1.0; }, "a-label-too-long-for-a-small-string"));
  const Snapshot snapshot = registry_.TakeSnapshot();
  token.reset();
  static_cast<void>(registry_.TakeSnapshot());
  EXPECT_EQ(snapshot.families().front().label_text(0), "queue=\"a-label-too-long-for-a-small-string\"");
}

TEST_F(CallbackFamilyTest, ATokenMayOutliveTheRegistry) {
  CallbackFamily::Token token;
  {
    Registry registry;
    token = registry.AddCallbackCounter({.name = "ticks_total", .help = "Test"}).value().Add([] { return 1.0; });
    EXPECT_EQ(MetricReader(registry).Value("ticks_total"), 1);
  }
}

TEST_F(CallbackFamilyTest, ADefaultConstructedFamilyIsNowhere) {
  const CallbackFamily nowhere;
  const auto token = nowhere.Add([] { return 1.0; }, "a");
}

TEST_F(CallbackFamilyTest, RefusesTheSameLabelsTwice) {
  const auto token = family_.Add([] { return 1.0; }, "a");
  EXPECT_DEATH(static_cast<void>(family_.Add([] { return 1.0; }, "a")), "queue_records.*already");
}

TEST_F(CallbackFamilyTest, RefusesAnotherNumberOfValues) {
  EXPECT_DEATH(static_cast<void>(family_.Add([] { return 1.0; })), "has 1 labels and was given 0");
}

TEST_F(CallbackFamilyTest, AssigningToATokenReleasesItsSeries) {
  auto kept = family_.Add([] { return 1.0; }, "a");
  auto other = family_.Add([] { return 2.0; }, "b");
  kept = std::move(other);
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_EQ(Read("b"), 2);
}

}  // namespace
}  // namespace streamhouse::metrics
