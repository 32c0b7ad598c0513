#include "metrics_core/callback_family.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/support/eventually.h"
#include "tests/support/watched_thread.h"

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

// Goal: what a callback refers to may be destroyed right after its token. Method: the callback
// stays in until the thread that destroys the token waits, then leaves a mark; the destructor must
// not return before the mark.
TEST_F(CallbackFamilyTest, DestroyingATokenWaitsForItsCallback) {
  std::latch inside(1);
  std::latch may_leave(1);
  std::atomic<bool> has_left{false};
  auto token = std::make_optional(family_.Add(
      [&] {
        inside.count_down();
        EXPECT_TRUE(InTime(may_leave));
        has_left.store(true);
        return 1.0;
      },
      "a"));
  std::thread scrape([&] { static_cast<void>(registry_.TakeSnapshot()); });
  EXPECT_TRUE(InTime(inside));
  WatchedThread remover([&] {
    token.reset();
    EXPECT_TRUE(has_left.load());
  });
  EXPECT_TRUE(remover.EventuallySleeps());
  may_leave.count_down();
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

TEST_F(CallbackFamilyTest, TheNewestOfEqualCallbacksIsAsked) {
  auto first = std::make_optional(family_.Add([] { return 1.0; }, "a"));
  auto second = std::make_optional(family_.Add([] { return 2.0; }, "a"));
  EXPECT_EQ(Read("a"), 2);
  second.reset();
  EXPECT_EQ(Read("a"), 1);
  second = family_.Add([] { return 3.0; }, "a");
  first.reset();
  EXPECT_EQ(Read("a"), 3);
}

TEST_F(CallbackFamilyTest, AnotherNumberOfValuesAddsNothingAndIsCounted) {
  const auto token = family_.Add([] { return 1.0; });
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].size(), 0U);
  EXPECT_EQ(registry_.GetStatistics().losses.at(0).refused_lookups, 1U);
}

TEST_F(CallbackFamilyTest, ACallbackMayGiveManySeriesWhoseLabelsItKnowsOnlyThen) {
  const auto fixed = family_.Add([] { return 9.0; }, "b");
  const auto token = family_.AddMany([](CallbackFamily::Samples& samples) {
    for (const char* queue : {"a", "b", "c"}) samples.Add(1, std::string(queue));
    samples.Add(2, "c");
    samples.Add(3, "too", "many");
  });
  EXPECT_EQ(Read("a"), 1);
  EXPECT_EQ(Read("b"), 1);  // the newer callback's
  EXPECT_EQ(Read("c"), 1);
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].size(), 3U);
}

TEST_F(CallbackFamilyTest, TheNewestOfTwoCallbacksOfManySeriesIsShown) {
  const auto give = [](double value) { return [value](CallbackFamily::Samples& samples) { samples.Add(value, "a"); }; };
  const auto old_one = family_.AddMany(give(1));
  {
    const auto new_one = family_.AddMany(give(2));
    EXPECT_EQ(Read("a"), 2);
  }
  EXPECT_EQ(Read("a"), 1);
}

TEST_F(CallbackFamilyTest, RefusesOptionsThatACallbackHasNoUseFor) {
  EXPECT_EQ(registry_.AddCallbackGauge({.name = "b", .help = "h", .series_max = 5}).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(registry_.AddCallbackGauge({.name = "b", .help = "h", .label_value_bytes_max = 64}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(CallbackFamilyTest, ACallbackThatThrowsIsLeftOutAndCounted) {
  const auto throws = family_.Add([]() -> double { throw std::runtime_error("gone"); }, "a");
  const auto gives = family_.Add([] { return 1.0; }, "b");
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_EQ(Read("b"), 1);
  EXPECT_EQ(registry_.GetStatistics().losses.at(0).failed_callbacks, 2U);
}

// Each sample of a callback of many series is on the page at once, so that what came before an
// exception stays.
TEST_F(CallbackFamilyTest, ACallbackOfManySeriesThatThrowsKeepsTheSamplesThatItGaveBefore) {
  const auto token = family_.AddMany([](CallbackFamily::Samples& samples) {
    samples.Add(1, "a");
    throw std::runtime_error("gone");
  });
  EXPECT_EQ(Read("a"), 1);
  EXPECT_EQ(registry_.GetStatistics().losses.at(0).failed_callbacks, 1U);
}

TEST_F(CallbackFamilyTest, BesideACallbackOfManySeriesTheNewestComesFirst) {
  const auto first = family_.Add([] { return 1.0; }, "a");
  const auto second = family_.AddMany([](CallbackFamily::Samples& samples) { samples.Add(1, "b"); });
  const Snapshot snapshot = registry_.TakeSnapshot();
  EXPECT_EQ(snapshot.families()[0].label_text(0), "queue=\"b\"");
  EXPECT_EQ(snapshot.families()[0].label_text(1), "queue=\"a\"");
}

TEST(CallbackCreationTest, ACounterBeganWhenItSaysSoOrWhenItWasAdded) {
  Registry registry({.creation_times = CreationTimes::kKept});
  const auto family = registry.AddCallbackCounter({.name = "a_total", .help = "Test", .labels = {"k"}}).value();
  using std::chrono::system_clock;
  const auto said = family.AddSince(
      system_clock::time_point(std::chrono::seconds(7)), [] { return 1.0; }, "said");
  const auto before = std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch());
  const auto added = family.Add([] { return 1.0; }, "added");
  const Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(snapshot.families()[0].created_unix_milliseconds(0), 7'000);
  EXPECT_GE(snapshot.families()[0].created_unix_milliseconds(1), before.count());
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
