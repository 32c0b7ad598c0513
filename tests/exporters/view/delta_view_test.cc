#include "exporters/view/delta_view.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/text_encoder.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/described_snapshot.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using metrics::CounterValues;
using metrics::FamilyInfo;
using metrics::Snapshot;

std::string PageOf(const Snapshot& snapshot) {
  TextEncoder encoder(snapshot.families());
  std::string page = ReadPage(encoder).value();
  std::string samples;
  for (std::size_t begin = 0; begin < page.size();) {
    const std::size_t end = page.find('\n', begin) + 1;
    if (page[begin] != '#') samples += page.substr(begin, end - begin);
    begin = end;
  }
  return samples;
}

// The same families, the last one first.
Snapshot Reversed(Snapshot snapshot) {
  struct Owner {
    Snapshot source;
    metrics::SnapshotBuffers buffers;
  };
  auto owner = std::make_shared<Owner>();
  owner->source = std::move(snapshot);
  metrics::SnapshotBuilder builder(owner->buffers);
  const auto families = owner->source.families();
  for (std::size_t i = families.size(); i > 0; --i) builder.AddFamily(families[i - 1]);
  return builder.Finish(owner);
}

// A registry, and the deltas of its values.
class DeltaViewTest : public testing::Test {
 protected:
  std::string Deltas() { return PageOf(view_.Of(registry_.TakeSnapshot())); }
  std::string CommittedDeltas() {
    std::string page = Deltas();
    view_.Commit();
    return page;
  }

  metrics::Registry registry_;
  DeltaView view_{DoubleDeltas::kExact};
};

TEST_F(DeltaViewTest, ShowsWhatWasCountedSinceTheLastCommit) {
  const auto counter = registry_.AddCounter({.name = "a_total", .help = "A"}).value().With();
  const auto doubles = registry_.AddDoubleCounter({.name = "b_total", .help = "B"}).value().With();
  counter.Increment(5);
  doubles.Increment(0.5);
  EXPECT_EQ(CommittedDeltas(), "a_total 5\nb_total 0.5\n");
  counter.Increment(2);
  doubles.Increment(0.25);
  EXPECT_EQ(CommittedDeltas(), "a_total 2\nb_total 0.25\n");
  EXPECT_EQ(CommittedDeltas(), "a_total 0\nb_total 0\n");
}

TEST_F(DeltaViewTest, ShowsValuesUntilTheyAreCommitted) {
  const auto counter = registry_.AddCounter({.name = "a_total", .help = "A"}).value().With();
  counter.Increment(5);
  EXPECT_EQ(Deltas(), "a_total 5\n");
  counter.Increment(2);
  EXPECT_EQ(CommittedDeltas(), "a_total 7\n");
  counter.Increment(1);
  EXPECT_EQ(Deltas(), "a_total 1\n");
  counter.Increment(1);
  EXPECT_EQ(Deltas(), "a_total 2\n");
}

TEST_F(DeltaViewTest, SubtractsTheBucketsAndTheSumOfAHistogram) {
  const auto histogram = registry_.AddHistogram({.name = "h", .help = "H"}, Bounds({1, 2})).value().With();
  histogram.Observe(0.5);
  histogram.Observe(3);
  EXPECT_EQ(CommittedDeltas(),
            "h_bucket{le=\"1.0\"} 1\nh_bucket{le=\"2.0\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3.5\nh_count 2\n");
  histogram.Observe(1.5);
  EXPECT_EQ(CommittedDeltas(),
            "h_bucket{le=\"1.0\"} 0\nh_bucket{le=\"2.0\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1.5\nh_count 1\n");
}

TEST_F(DeltaViewTest, SubtractsExponentialHistogramsOfHigherResolution) {
  const auto histogram = registry_.AddExponentialHistogram({.name = "h", .help = "H"}, Bounds({1})).value().With();
  for (int i = 1; i <= 100; ++i) histogram.Observe(1 + i * 0.001);
  static_cast<void>(CommittedDeltas());
  for (int i = 1; i <= 50; ++i) histogram.Observe(i * i * 1e3);
  const Snapshot deltas = view_.Of(registry_.TakeSnapshot());
  const auto& values = deltas.families()[0].As<metrics::ExponentialHistogramValues>();
  const auto buckets = values[0].bucket_counts;
  EXPECT_EQ(std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0}), 50U);
  EXPECT_EQ(values[0].count, 50U);
  EXPECT_EQ(values.classic[0].bucket_counts[0], 0U);
  EXPECT_EQ(values.classic[0].bucket_counts[1], 50U);
}

TEST_F(DeltaViewTest, LeavesOtherKindsAsTheyAre) {
  const auto open = registry_.AddUpDownCounter({.name = "open", .help = "O"}).value().With();
  const auto depth = registry_.AddGauge({.name = "depth", .help = "D"}).value().With();
  open.Add(3);
  depth.Set(-4);
  EXPECT_EQ(CommittedDeltas(), "open 3\ndepth -4\n");
  EXPECT_EQ(CommittedDeltas(), "open 3\ndepth -4\n");
  const std::string described = PageOf(DescribedSnapshot());
  EXPECT_EQ(PageOf(view_.Of(DescribedSnapshot())), described);
  view_.Commit();
  EXPECT_EQ(PageOf(view_.Of(DescribedSnapshot())), described);
}

TEST_F(DeltaViewTest, LeavesFamiliesWithACallbackWhereItIsToldTo) {
  const auto recorded = registry_.AddCounter({.name = "recorded_total", .help = "R"}).value().With();
  const auto asked = registry_.AddCallbackCounter({.name = "asked_total", .help = "A"}).value();
  const auto callback = asked.Add([] { return 7.0; });
  recorded.Increment(5);
  DeltaView view(DoubleDeltas::kExact, DeltaFamilies::kRecorded);
  EXPECT_EQ(PageOf(view.Of(registry_.TakeSnapshot())), "recorded_total 5\nasked_total 7\n");
  view.Commit();
  EXPECT_EQ(PageOf(view.Of(registry_.TakeSnapshot())), "recorded_total 0\nasked_total 7\n");
}

TEST_F(DeltaViewTest, CommitsUntilASeries) {
  const auto first = registry_.AddCounter({.name = "a_total", .help = "A"}).value().With();
  const auto second = registry_.AddCounter({.name = "b_total", .help = "B", .labels = {"x"}}).value();
  first.Increment(1);
  second.With("1").Increment(2);
  second.With("2").Increment(3);
  static_cast<void>(Deltas());
  view_.CommitUntil(1, 1);
  EXPECT_EQ(Deltas(), "a_total 0\nb_total{x=\"1\"} 0\nb_total{x=\"2\"} 3\n");
  view_.CommitUntil(1, 0);
  second.With("2").Increment(3);
  EXPECT_EQ(Deltas(), "a_total 0\nb_total{x=\"1\"} 0\nb_total{x=\"2\"} 6\n");
  view_.CommitUntil(1, 1);
  view_.CommitUntil(1, 2);
  EXPECT_EQ(Deltas(), "a_total 0\nb_total{x=\"1\"} 0\nb_total{x=\"2\"} 0\n");
}

// Goal: the committed deltas of a series add up to its value, at every place where commits stop.
// Method: the commit of push n stops at its own place.
TEST_F(DeltaViewTest, LosesNothingAndShowsNothingTwice) {
  const auto family = registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"x"}}).value();
  const auto other = registry_.AddCounter({.name = "b_total", .help = "B", .labels = {"x"}}).value();
  std::vector<std::uint64_t> delivered(8);
  for (std::size_t push = 0; push < 100; ++push) {
    for (std::size_t i = 0; i < 4; ++i) family.With(std::to_string(i)).Increment(push * i + 1);
    for (std::size_t i = 0; i < 4; ++i) other.With(std::to_string(i)).Increment(push + i);
    const Snapshot deltas = view_.Of(registry_.TakeSnapshot());
    const std::size_t end = push == 99 ? 8 : push * 5 % 9;
    view_.CommitUntil(end / 4, end % 4);
    for (std::size_t i = 0; i < end; ++i)
      delivered[i] += deltas.families()[i / 4].As<CounterValues<std::uint64_t>>()[i % 4];
  }
  const Snapshot totals = registry_.TakeSnapshot();
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(delivered[i], totals.families()[i / 4].As<CounterValues<std::uint64_t>>()[i % 4]) << i;
  }
}

TEST_F(DeltaViewTest, ForgetsASeriesThatWasRemoved) {
  const auto family = registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"x"}}).value();
  for (const char* value : {"1", "2", "3"}) family.With(value).Increment(9);
  static_cast<void>(CommittedDeltas());
  family.Remove("1");
  family.With("3").Increment(1);
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"2\"} 0\na_total{x=\"3\"} 1\n");
  family.With("1").Increment(20);
  EXPECT_NE(Deltas().find("a_total{x=\"1\"} 20\n"), std::string::npos);
}

// Callbacks that give what the test says, and the deltas of their values.
class DeltaViewOfCallbacksTest : public DeltaViewTest {
 protected:
  // One callback of many series: those of `values_`, by the values of their label.
  static std::size_t CountLines(std::string_view page, std::string_view end) {
    std::size_t lines = 0;
    for (std::size_t at = page.find(end); at != std::string_view::npos; at = page.find(end, at + end.size())) ++lines;
    return lines;
  }
  void AddMany() {
    token_ = family_.AddMany([this](metrics::CallbackFamily::Samples& samples) {
      for (const auto& [label, value] : values_) samples.Add(value, label);
    });
  }

  metrics::CallbackFamily family_ =
      registry_.AddCallbackCounter({.name = "a_total", .help = "A", .labels = {"x"}}).value();
  std::map<std::string, double> values_;
  metrics::CallbackFamily::Token token_;
};

TEST_F(DeltaViewOfCallbacksTest, CountOnAfterASnapshotWithoutAValue) {
  double value = 7;
  token_ = family_.Add([&] { return value; }, "1");
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 7\n");
  value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(CommittedDeltas(), "");
  EXPECT_EQ(CommittedDeltas(), "");
  value = 9;
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 2\n");
}

TEST_F(DeltaViewOfCallbacksTest, CountOnForTheOlderOfTwoCallbacks) {
  token_ = family_.AddSince(
      std::chrono::system_clock::time_point(std::chrono::seconds(1)), [] { return 5.0; }, "1");
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 5\n");
  {
    const auto newer = family_.Add([] { return 3.0; }, "1");
    EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 3\n");
  }
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 0\n");
}

TEST_F(DeltaViewOfCallbacksTest, KeepAbsentSeriesBehindAPartialCommit) {
  const auto other = registry_.AddCounter({.name = "b_total", .help = "B", .labels = {"x"}}).value();
  AddMany();
  values_ = {{"1", 4}, {"2", 5}};
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 4\na_total{x=\"2\"} 5\n");
  values_ = {{"2", 6}};
  static_cast<void>(PageOf(view_.Of(Reversed(registry_.TakeSnapshot()))));
  view_.CommitUntil(1, 0);
  values_ = {{"1", 7}, {"2", 8}};
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"1\"} 3\na_total{x=\"2\"} 3\n");
}

TEST_F(DeltaViewOfCallbacksTest, KeepAsManyAbsentSeriesAsThereWereAtOnce) {
  AddMany();
  for (std::size_t i = 0; i < 2 * kAbsentSeriesMin; ++i) values_[std::to_string(i)] = 1;
  const std::string first = CommittedDeltas();
  const auto all = std::exchange(values_, {});
  EXPECT_EQ(CommittedDeltas() + CommittedDeltas(), "");
  values_ = all;
  EXPECT_EQ(CommittedDeltas().find("} 1"), std::string::npos);
}

TEST_F(DeltaViewOfCallbacksTest, ForgetTheSeriesThatAreAbsentLongest) {
  AddMany();
  for (std::size_t i = 0; i < kAbsentSeriesMin + 2; ++i) {
    values_ = {{std::to_string(i), 3}};
    EXPECT_EQ(CommittedDeltas(), "a_total{x=\"" + std::to_string(i) + "\"} 3\n");
  }
  values_ = {{"0", 4}, {"1", 4}};
  EXPECT_EQ(CommittedDeltas(), "a_total{x=\"0\"} 4\na_total{x=\"1\"} 1\n");
}

TEST_F(DeltaViewOfCallbacksTest, ForgetAbsentSeriesBeyondTheMostAtOnce) {
  constexpr std::size_t kMost = 2 * kAbsentSeriesMin;
  AddMany();
  const auto show = [this](std::size_t first) {
    values_.clear();
    for (std::size_t i = first; i < first + kMost; ++i) values_[std::to_string(i)] = 1;
    return CommittedDeltas();
  };
  for (const std::size_t first : {std::size_t{0}, kMost, 2 * kMost}) EXPECT_EQ(CountLines(show(first), "} 1\n"), kMost);
  EXPECT_EQ(CountLines(show(kMost), "} 0\n"), kMost) << "they are not absent longest";
  EXPECT_EQ(CountLines(show(0), "} 1\n"), kMost) << "they were absent longest, and are forgotten";
}

TEST_F(DeltaViewTest, FindsFamiliesAtOtherPlaces) {
  const auto first = registry_.AddCounter({.name = "a_total", .help = "A"}).value().With();
  const auto second = registry_.AddCounter({.name = "b_total", .help = "B"}).value().With();
  first.Increment(2);
  second.Increment(3);
  static_cast<void>(CommittedDeltas());
  first.Increment(1);
  EXPECT_EQ(PageOf(view_.Of(Reversed(registry_.TakeSnapshot()))), "b_total 0\na_total 1\n");
  view_.Commit();
  EXPECT_EQ(PageOf(view_.Of(Reversed(registry_.TakeSnapshot()))), "b_total 0\na_total 0\n");
}

TEST_F(DeltaViewTest, KeepsTheRestOfWholeDeltasForLater) {
  DeltaView whole(DoubleDeltas::kWhole);
  const auto counter = registry_.AddDoubleCounter({.name = "a_total", .help = "A"}).value().With();
  std::string pages;
  for (int i = 0; i < 5; ++i) {
    counter.Increment(0.75);
    pages += PageOf(whole.Of(registry_.TakeSnapshot()));
    whole.Commit();
  }
  EXPECT_EQ(pages, "a_total 0\na_total 1\na_total 1\na_total 1\na_total 0\n");
}

TEST_F(DeltaViewTest, GivesADeltaThatOutlivesTheView) {
  registry_.AddCounter({.name = "a_total", .help = "A"}).value().With().Increment(2);
  auto view = std::make_unique<DeltaView>(DoubleDeltas::kExact);
  const Snapshot first = view->Of(registry_.TakeSnapshot());
  view->Commit();
  const Snapshot second = view->Of(registry_.TakeSnapshot());
  view.reset();
  EXPECT_EQ(PageOf(first), "a_total 2\n");
  EXPECT_EQ(PageOf(second), "a_total 0\n");
}

// One counter series at times of the test's choice.
class DeltaWindowsTest : public testing::Test {
 protected:
  // The value and the start of the delta, as "4 from 100".
  std::string DeltaAt(std::int64_t taken_at, std::int64_t created, std::uint64_t value, std::int64_t exemplar_at = -1) {
    struct Owner {
      FamilyInfo info;
      metrics::SnapshotBuffers buffers;
    };
    auto owner = std::make_shared<Owner>();
    owner->info = {.name = "a_total", .has_exemplars = true, .has_created = created != 0, .has_callback = true};
    metrics::SnapshotBuilder builder(owner->buffers);
    builder.SetOrigin(std::chrono::system_clock::time_point(std::chrono::milliseconds(taken_at)), nullptr);
    auto counters = builder.BeginFamily<CounterValues<std::uint64_t>>(owner->info, 1);
    counters.Add("", value);
    counters.AddExemplar(metrics::Exemplar{.trace = {}, .value = 1, .unix_milliseconds = exemplar_at});
    if (created != 0) counters.AddCreated(created);
    const Snapshot deltas = view_.Of(builder.Finish(owner));
    const auto& delta = deltas.families()[0].As<CounterValues<std::uint64_t>>();
    EXPECT_TRUE(deltas.families()[0].info().has_created);
    return std::to_string(delta[0]) + " from " + std::to_string(deltas.families()[0].created_unix_milliseconds(0)) +
           (delta.exemplars.At(0, 0) == nullptr ? "" : " with exemplar");
  }
  // A snapshot without the series.
  void CommitNothingAt(std::int64_t taken_at) {
    struct Owner {
      FamilyInfo info = {.name = "a_total", .has_exemplars = true, .has_created = true, .has_callback = true};
      metrics::SnapshotBuffers buffers;
    };
    auto owner = std::make_shared<Owner>();
    metrics::SnapshotBuilder builder(owner->buffers);
    builder.SetOrigin(std::chrono::system_clock::time_point(std::chrono::milliseconds(taken_at)), nullptr);
    static_cast<void>(builder.BeginFamily<CounterValues<std::uint64_t>>(owner->info, 0));
    static_cast<void>(view_.Of(builder.Finish(owner)));
    view_.Commit();
  }
  std::string CommittedDeltaAt(std::int64_t taken_at, std::int64_t created, std::uint64_t value) {
    std::string delta = DeltaAt(taken_at, created, value);
    view_.Commit();
    return delta;
  }

  DeltaView view_{DoubleDeltas::kExact};
};

TEST_F(DeltaWindowsTest, EachBeginsWhereTheOneBeforeEnds) {
  EXPECT_EQ(CommittedDeltaAt(200, 100, 4), "4 from 100");
  EXPECT_EQ(CommittedDeltaAt(300, 100, 5), "1 from 200");
  EXPECT_EQ(DeltaAt(400, 100, 7), "2 from 300") << "which is not committed";
  EXPECT_EQ(CommittedDeltaAt(500, 100, 8), "3 from 300");
  EXPECT_EQ(CommittedDeltaAt(600, 100, 8), "0 from 500");
}

TEST_F(DeltaWindowsTest, BeginWithTheSeriesThatBeganAgain) {
  EXPECT_EQ(CommittedDeltaAt(200, 100, 4), "4 from 100");
  EXPECT_EQ(CommittedDeltaAt(300, 250, 5), "5 from 250");
  EXPECT_EQ(CommittedDeltaAt(400, 250, 6), "1 from 300");
}

TEST_F(DeltaWindowsTest, HaveTheWholeValueWhereItHasBecomeLower) {
  EXPECT_EQ(CommittedDeltaAt(200, 0, 4), "4 from 0") << "which means unknown";
  EXPECT_EQ(CommittedDeltaAt(300, 0, 3), "3 from 200");
  EXPECT_EQ(CommittedDeltaAt(400, 0, 5), "2 from 300");
}

TEST_F(DeltaWindowsTest, DoNotOverlapAroundASnapshotWithoutTheSeries) {
  EXPECT_EQ(CommittedDeltaAt(200, 100, 4), "4 from 100");
  CommitNothingAt(300);
  EXPECT_EQ(CommittedDeltaAt(400, 100, 6), "2 from 200");
}

TEST_F(DeltaWindowsTest, EndNotBeforeTheyBegin) {
  EXPECT_EQ(CommittedDeltaAt(200, 250, 4), "4 from 200");
  EXPECT_EQ(CommittedDeltaAt(150, 250, 5), "1 from 150") << "the clock was set back";
}

TEST_F(DeltaWindowsTest, KeepTheStartOfASeriesThatWasNotCommitted) {
  static_cast<void>(DeltaAt(200, 0, 4));
  view_.CommitUntil(0, 1);
  static_cast<void>(DeltaAt(300, 0, 4));
  EXPECT_EQ(DeltaAt(400, 0, 5), "1 from 200");
}

TEST_F(DeltaWindowsTest, HaveTheExemplarsFromTheirTime) {
  EXPECT_EQ(CommittedDeltaAt(200, 100, 4), "4 from 100");
  EXPECT_EQ(DeltaAt(300, 100, 5, 199), "1 from 200");
  EXPECT_EQ(DeltaAt(300, 100, 5, 200), "1 from 200 with exemplar");
}

}  // namespace
}  // namespace streamhouse::exporters
