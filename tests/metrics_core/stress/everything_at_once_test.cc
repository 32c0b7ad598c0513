// Goal: no recording is lost or shows up in another series, and a scrape reads no torn or freed
// value. Meanwhile threads come and go, series are made, removed and expire, and scrapes run, all
// at once.
// Method: every number has a closed form at the end. While it runs, a scrape may see
//  - of a series that stays: a value between the last scrape's and what will have been recorded in
//    the end;
//  - of a series that comes and goes: at most the recordings of one life, and a text that is a name
//    in use;
//  - of the up-down counter: nothing below zero, as every thing goes down after it went up.
// The scrape's checker runs first on one thread. ThreadSanitizer watches the rest.
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"

namespace streamhouse::metrics {
namespace {

constexpr int kRounds = 400;
constexpr int kRecorders = 3;
constexpr std::uint64_t kPerRound = 50;
constexpr std::uint64_t kPerLife = 7;
constexpr int kNamesOfLives = 5;

class EverythingAtOnceTest : public testing::Test {
 protected:
  MetricOptions Labelled(std::string name) { return {.name = std::move(name), .help = "h", .labels = {"x"}}; }

  // One short-lived thread's worth of recordings, through handles and look-ups.
  void RecordOnce() {
    const Counter handle = lasting_.With("handle");
    const Histogram histogram = histograms_.With("handle");
    for (std::uint64_t i = 0; i < kPerRound; ++i) {
      handle.Increment();
      lasting_.Lookup("lookup")->Increment();
      shared_.Lookup("lookup")->Increment();
      in_flight_.Lookup("a")->Add(1);
      histogram.Observe(1);
      in_flight_.Lookup("a")->Add(-1);
    }
  }

  static std::string NameOfLife(int recorder, int round) {
    return "life " + std::to_string(recorder) + ' ' + std::to_string(round % kNamesOfLives);
  }

  // A series that lives for one thread's recordings and is then removed; its cells go to the next.
  void LiveAndDie(int recorder, int round) {
    const std::string name = NameOfLife(recorder, round);
    for (std::uint64_t i = 0; i < kPerLife; ++i) {
      lives_.Lookup(name)->Increment();
      double_lives_.Lookup(name)->Increment(1);
    }
    const Counter late = lives_.With(name);
    lives_.Remove(name);
    double_lives_.Remove(name);
    // Counted nowhere.
    late.Increment(1'000'000);
  }

  // Looks up what other threads are removing at this moment, and adds nothing to it.
  void DisturbOtherLives(int recorder, int round) {
    for (int i = 0; i < 50; ++i) {
      const std::string name = NameOfLife((recorder + 1) % kRecorders, round + i);
      lives_.Lookup(name)->Increment(0);
      double_lives_.Lookup(name)->Increment(0);
    }
  }

  void EndAllLives() {
    for (int recorder = 0; recorder < kRecorders; ++recorder) {
      for (int round = 0; round < kNamesOfLives; ++round) {
        lives_.Remove(NameOfLife(recorder, round));
        double_lives_.Remove(NameOfLife(recorder, round));
      }
    }
  }

  // Series that no thread removes; they expire between scrapes.
  void RecordIntoWhatExpires(int recorder, int round) {
    expiring_.Lookup("r" + std::to_string(recorder) + ' ' + std::to_string(round % 20))->Increment();
  }

  void CheckScrape(std::uint64_t now) {
    const Snapshot snapshot = registry_.TakeSnapshot(now);
    CheckLasting(snapshot.families()[0], last_);
    CheckLasting(snapshot.families()[1], last_shared_);
    CheckLives(snapshot.families()[2],
               [](const FamilySnapshot& f, std::size_t i) { return f.As<CounterValues<std::uint64_t>>()[i]; });
    CheckLives(snapshot.families()[3], [](const FamilySnapshot& f, std::size_t i) {
      return static_cast<std::uint64_t>(f.As<CounterValues<double>>()[i]);
    });
    for (std::size_t i = 0; i < snapshot.families()[4].size(); ++i) {
      ASSERT_GE(snapshot.families()[4].As<UpDownCounterValues>()[i], 0);
    }
    for (std::size_t i = 0; i < snapshot.families()[5].size(); ++i) CheckHistogram(snapshot.families()[5], i);
    ASSERT_LE(snapshot.families()[6].size(), 20U * kRecorders);
  }

  void CheckLasting(const FamilySnapshot& family, std::array<std::uint64_t, 2>& last) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      ASSERT_GE(family.As<CounterValues<std::uint64_t>>()[i], last[i]);
      ASSERT_LE(family.As<CounterValues<std::uint64_t>>()[i], kRecorders * kRounds * kPerRound);
      last[i] = family.As<CounterValues<std::uint64_t>>()[i];
    }
  }

  template <typename Value>
  void CheckLives(const FamilySnapshot& family, const Value& value) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      ASSERT_LE(value(family, i), kPerLife) << family.label_text(i);
      ASSERT_TRUE(family.label_text(i).starts_with("x=\"life ")) << family.label_text(i);
    }
  }

  void CheckHistogram(const FamilySnapshot& family, std::size_t i) {
    const HistogramValue value = family.As<HistogramValues>()[i];
    ASSERT_EQ(value.bucket_counts[0] + value.bucket_counts[1], value.count);
    ASSERT_EQ(value.bucket_counts[1], 0U);
    ASSERT_LE(std::abs(value.sum - static_cast<double>(value.count)), kRecorders);
  }

  void ExpectEverything(std::uint64_t rounds) {
    EndAllLives();
    const Snapshot snapshot = registry_.TakeSnapshot();
    const std::uint64_t recorded = rounds * kPerRound;
    for (const std::size_t i : {0U, 1U})
      EXPECT_EQ(snapshot.families()[0].As<CounterValues<std::uint64_t>>()[i], recorded);
    EXPECT_EQ(snapshot.families()[1].As<CounterValues<std::uint64_t>>()[0], recorded);
    EXPECT_EQ(snapshot.families()[2].size(), 0U);
    EXPECT_EQ(snapshot.families()[3].size(), 0U);
    EXPECT_EQ(snapshot.families()[4].As<UpDownCounterValues>()[0], 0);
    EXPECT_EQ(snapshot.families()[5].As<HistogramValues>()[0].count, recorded);
    EXPECT_EQ(snapshot.families()[5].As<HistogramValues>()[0].sum, static_cast<double>(recorded));
  }

  void RunRound(int recorder, int round) {
    std::thread([this] { RecordOnce(); }).join();
    LiveAndDie(recorder, round);
    DisturbOtherLives(recorder, round);
    RecordIntoWhatExpires(recorder, round);
  }

  Registry registry_;
  const Family<Counter> lasting_ = registry_.AddCounter(Labelled("lasting_total")).value();
  const Family<Counter> shared_ =
      registry_.AddCounter({.name = "shared_total", .help = "h", .labels = {"x"}, .storage = SeriesStorage::kShared})
          .value();
  const Family<Counter> lives_ = registry_.AddCounter(Labelled("lives_total")).value();
  const Family<DoubleCounter> double_lives_ = registry_.AddDoubleCounter(Labelled("double_lives_total")).value();
  const Family<UpDownCounter> in_flight_ = registry_.AddUpDownCounter(Labelled("in_flight")).value();
  const Family<Histogram> histograms_ =
      registry_.AddHistogram(Labelled("histogram"), BucketBounds::From({1}).value()).value();
  const Family<Counter> expiring_ =
      registry_
          .AddCounter(
              {.name = "expiring_total", .help = "h", .labels = {"x"}, .expire_after = std::chrono::nanoseconds(3)})
          .value();
  std::array<std::uint64_t, 2> last_{};
  std::array<std::uint64_t, 2> last_shared_{};
};

TEST_F(EverythingAtOnceTest, TheCheckerIsContentOnOneThread) {
  for (int round = 0; round < 20; ++round) {
    RecordOnce();
    LiveAndDie(0, round);
    RecordIntoWhatExpires(0, round);
    CheckScrape(static_cast<std::uint64_t>(round) + 1);
  }
  ExpectEverything(20);
}

TEST_F(EverythingAtOnceTest, NothingIsLostOrMistaken) {
  std::vector<std::thread> recorders;
  std::atomic<int> running = kRecorders;
  for (int recorder = 0; recorder < kRecorders; ++recorder) {
    recorders.emplace_back([this, recorder, &running] {
      for (int round = 0; round < kRounds; ++round) RunRound(recorder, round);
      --running;
    });
  }
  std::thread registrar([&] {
    for (int i = 0; running > 0; ++i) {
      Registry short_lived;
      short_lived.AddCounter({.name = "a_total", .help = "h"}).value().With().Increment(1'000'000);
      if (i < 50) registry_.AddGauge({.name = "gauge" + std::to_string(i), .help = "h"}).value();
    }
  });
  for (std::uint64_t now = 1; running > 0 && !HasFatalFailure(); ++now) CheckScrape(now);
  for (std::thread& recorder : recorders) recorder.join();
  registrar.join();
  ExpectEverything(kRecorders * kRounds);
}

// Two scrapers at once, with different times, hold each other's series and buffers.
TEST_F(EverythingAtOnceTest, ScrapesMayOverlap) {
  std::atomic<bool> stop = false;
  std::thread other([&] {
    for (std::uint64_t now = 1; !stop; ++now) {
      const Snapshot outer = registry_.TakeSnapshot(now);
      const Snapshot inner = registry_.TakeSnapshot(now);
      for (const FamilySnapshot& family : outer.families()) {
        for (std::size_t i = 0; i < family.size(); ++i) ASSERT_TRUE(family.label_text(i).starts_with("x=\""));
      }
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    RunRound(0, round);
    CheckScrape(static_cast<std::uint64_t>(round) + 1);
  }
  stop = true;
  other.join();
  ExpectEverything(kRounds);
}

}  // namespace
}  // namespace streamhouse::metrics
