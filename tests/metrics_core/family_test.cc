#include "metrics_core/family.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "metrics_core/text/utf8.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class FamilyTest : public testing::Test {
 protected:
  Family<Counter> Add(MetricOptions options) {
    options.help = "h";
    return registry_.AddCounter(std::move(options)).value();
  }

  std::string Page(std::uint64_t now = 1) { return metrics::Page(registry_, now); }

  Registry registry_;
};

TEST_F(FamilyTest, AFamilyWithoutLabelsIsOneSeriesFromTheStart) {
  const Family<Counter> family = Add({.name = "a_total"});
  EXPECT_EQ(Page(), "a_total 0\n");
  family.With().Increment();
  family.Lookup()->Increment();
  EXPECT_EQ(Page(), "a_total 2\n");
}

TEST_F(FamilyTest, TheSameValuesGiveTheSameSeries) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x", "y"}});
  family.With("1", "2").Increment();
  family.With(std::string("1"), std::string_view("2")).Increment();
  family.With("2", "1").Increment();
  EXPECT_EQ(Page(), "a_total{x=\"1\",y=\"2\"} 2\na_total{x=\"2\",y=\"1\"} 1\n");
}

TEST_F(FamilyTest, ValuesThatJoinToTheSameTextAreDifferentSeries) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x", "y"}});
  const std::vector<std::pair<std::string, std::string>> sets = {{"ab", ""},        {"a", "b"},        {"", "ab"},
                                                                 {"a\",y=\"b", ""}, {"a", "\",y=\"b"}, {"\\", "\""},
                                                                 {"\\\"", ""},      {"\n", "n"}};
  std::uint64_t n = 1;
  for (const auto& [x, y] : sets) family.With(x, y).Increment(n++);
  n = 1;
  const Snapshot snapshot = registry_.TakeSnapshot();
  ASSERT_EQ(snapshot.families()[0].size(), sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i)
    EXPECT_EQ(snapshot.families()[0].As<CounterValues<std::uint64_t>>()[i], n++);
}

TEST_F(FamilyTest, LookupFindsASeriesThatWithHasMade) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  for (const std::string value : {"", "a", "with \"quotes\"", "back\\slash", "new\nline", "\xC3\xA9"}) {
    family.With(value).Increment();
    family.Lookup(value)->Increment(10);
    EXPECT_EQ(registry_.TakeSnapshot().families()[0].As<CounterValues<std::uint64_t>>()[0], 11U) << value;
    EXPECT_TRUE(family.Remove(value));
  }
}

TEST_F(FamilyTest, LookupMakesASeriesThatIsNotThere) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  family.Lookup("new")->Increment();
  family.Lookup("new")->Increment();
  EXPECT_EQ(Page(), "a_total{x=\"new\"} 2\n");
}

TEST_F(FamilyTest, LookupAgreesWithWithOverManySeries) {
  constexpr int kSeries = 3'000;
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x", "y"}});
  for (int i = 0; i < kSeries; ++i) family.With(std::to_string(i), std::to_string(i % 7)).Increment(1);
  for (int i = kSeries; i-- > 0;) family.Lookup(std::to_string(i), std::to_string(i % 7))->Increment(1);
  const Snapshot snapshot = registry_.TakeSnapshot();
  ASSERT_EQ(snapshot.families()[0].size(), std::size_t{kSeries});
  for (int i = 0; i < kSeries; ++i) EXPECT_EQ(snapshot.families()[0].As<CounterValues<std::uint64_t>>()[i], 2U);
}

TEST_F(FamilyTest, LookupsMayBeNested) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  const auto record_twice = [&](const std::string& value) {
    const auto& outer = family.Lookup(value);
    family.Lookup("inner")->Increment();
    outer->Increment();
  };
  record_twice("outer");
  record_twice("outer");
  EXPECT_EQ(Page(), "a_total{x=\"outer\"} 2\na_total{x=\"inner\"} 2\n");
}

TEST_F(FamilyTest, LookupWorksForEveryKindOfHandle) {
  const MetricOptions labelled = {.help = "h", .labels = {"x"}};
  const auto named = [&](std::string name) {
    MetricOptions options = labelled;
    options.name = std::move(name);
    return options;
  };
  const BucketBounds bounds = BucketBounds::From({1}).value();
  const auto doubles = registry_.AddDoubleCounter(named("a_total")).value();
  const auto gauge = registry_.AddGauge(named("b")).value();
  const auto in_flight = registry_.AddUpDownCounter(named("c")).value();
  const auto histogram = registry_.AddHistogram(named("d"), bounds).value();
  const auto ticks = registry_.AddTickHistogram(named("e"), bounds, 1).value();
  for (int round = 0; round < 2; ++round) {
    doubles.Lookup("v")->Increment(0.5);
    gauge.Lookup("v")->Add(1);
    in_flight.Lookup("v")->Add(-1);
    histogram.Lookup("v")->Observe(0.5);
    ticks.Lookup("v")->Observe(5);
  }
  EXPECT_EQ(Page(),
            "a_total{x=\"v\"} 1\nb{x=\"v\"} 2\nc{x=\"v\"} -2\nd{x=\"v\"} [2 0] sum 1 count 2\n"
            "e{x=\"v\"} [0 2] sum 10 count 2\n");
}

TEST_F(FamilyTest, ValuesThatAreNotUtf8AreRepaired) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  family.With("caf\xE9!").Increment();
  family.Lookup("caf\xE9!")->Increment();
  family.With("caf\xEF\xBF\xBD!").Increment();
  EXPECT_EQ(Page(), "a_total{x=\"caf\xEF\xBF\xBD!\"} 3\n");
  EXPECT_TRUE(family.Remove("caf\xE9!"));
  EXPECT_EQ(Page(), "");
}

TEST_F(FamilyTest, BeyondItsLimitEverythingNewGoesToOneOverflowSeries) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 2});
  for (const std::string value : {"1", "2", "3", "4"}) family.With(value).Increment();
  family.Lookup("5")->Increment();
  family.Lookup("1")->Increment();
  EXPECT_EQ(Page(), "a_total{x=\"1\"} 2\na_total{x=\"2\"} 1\na_total{x=\"_overflow\"} 3\n");
  EXPECT_EQ(family.OverflowedLookups(), 3U);
}

TEST_F(FamilyTest, TheLargestLimitIsNoLimitAlsoBesideAnOverflowSeries) {
  const Family<Counter> family =
      Add({.name = "a_total", .labels = {"x"}, .series_max = std::numeric_limits<std::uint32_t>::max()});
  for (const std::string value : {"_overflow", "1"}) family.With(value).Increment();
  EXPECT_EQ(Page(), "a_total{x=\"_overflow\"} 1\na_total{x=\"1\"} 1\n");
}

TEST_F(FamilyTest, AFullFamilyFindsTheSeriesOfRepairedValues) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 1});
  family.With("\xFF").Increment();
  family.With("b").Increment();
  family.Lookup("\xFF")->Increment();
  family.Lookup("\xFE")->Increment();
  EXPECT_EQ(Page(), "a_total{x=\"\xEF\xBF\xBD\"} 3\na_total{x=\"_overflow\"} 1\n");
}

TEST_F(FamilyTest, ThereIsRoomAgainAfterARemoval) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 1});
  family.With("1");
  family.Lookup("2")->Increment();
  EXPECT_TRUE(family.Remove("1"));
  family.Lookup("3")->Increment();
  EXPECT_EQ(Page(), "a_total{x=\"3\"} 1\na_total{x=\"_overflow\"} 1\n");
}

TEST_F(FamilyTest, TheOverflowSeriesCannotBeRemoved) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 0});
  family.With("1").Increment();
  EXPECT_FALSE(family.Remove("_overflow"));
  EXPECT_EQ(Page(), "a_total{x=\"_overflow\"} 1\n");
}

TEST_F(FamilyTest, ASeriesThatACallerNamedLikeTheOverflowSeriesIsItAndTakesNoOthersPlace) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 2});
  for (const std::string value : {"_overflow", "1", "2", "3", "4"}) family.With(value).Increment();
  family.Lookup("_overflow")->Increment();
  family.Lookup("5")->Increment();
  EXPECT_EQ(Page(), "a_total{x=\"_overflow\"} 5\na_total{x=\"1\"} 1\na_total{x=\"2\"} 1\n");
  EXPECT_EQ(family.OverflowedLookups(), 3U);
}

TEST_F(FamilyTest, AFullFamilyGivesTheOverflowSeriesToACallerWhoNamesIt) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 1});
  family.With("1").Increment();
  family.With("_overflow").Increment();
  EXPECT_EQ(Page(), "a_total{x=\"1\"} 1\na_total{x=\"_overflow\"} 1\n");
  EXPECT_EQ(family.OverflowedLookups(), 0U);
}

TEST_F(FamilyTest, RemoveSaysWhetherThereWasSuchASeries) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  family.With("1");
  EXPECT_FALSE(family.Remove("2"));
  EXPECT_TRUE(family.Remove("1"));
  EXPECT_FALSE(family.Remove("1"));
}

TEST_F(FamilyTest, ARemovedSeriesStartsAgainAtZeroAndApartFromItsOldHandles) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  const Counter old = family.With("1");
  old.Increment(5);
  family.Remove("1");
  family.Lookup("1")->Increment();
  old.Increment(99);
  EXPECT_EQ(Page(), "a_total{x=\"1\"} 1\n");
}

TEST_F(FamilyTest, ADefaultConstructedFamilyGivesSinks) {
  const Family<Counter> family;
  family.With("any", "number").Increment();
  family.Lookup("of", "values", "goes")->Increment();
  EXPECT_FALSE(family.Remove("a"));
  EXPECT_EQ(family.OverflowedLookups(), 0U);
  const Family<Histogram> histograms;
  histograms.Lookup()->Observe(1);
}

TEST(FamilyLifetimeTest, AFamilyMayOutliveItsRegistry) {
  std::optional<Registry> registry(std::in_place);
  const auto family = registry->AddCounter({.name = "a_total", .help = "h", .labels = {"x"}}).value();
  const Counter handle = family.With("1");
  registry.reset();
  handle.Increment();
  family.With("2").Increment();
  family.Lookup("2")->Increment();
  EXPECT_TRUE(family.Remove("1"));
}

template <typename F, typename... Values>
concept Takes = requires(const F& family, const Values&... values) {
  family.With(values...);
  family.Lookup(values...);
  family.Remove(values...);
};

TEST_F(FamilyTest, TheCompilerRefusesAnotherNumberOfValuesThanWrittenLabels) {
  const auto family = registry_.AddCounter({.name = "a_total", .help = "h"}, Labels{"x", "y"}).value();
  using Typed = std::remove_const_t<decltype(family)>;
  static_assert(Takes<Typed, std::string, const char*>);
  static_assert(!Takes<Typed, std::string> && !Takes<Typed> && !Takes<Typed, std::string, std::string, std::string>);
  family.With("1", "2").Increment();
  const Family<Counter> of_any_number = family;
  of_any_number.With("1", "2").Increment();
  EXPECT_EQ(Page(), "a_total{x=\"1\",y=\"2\"} 2\n");
}

TEST_F(FamilyTest, AnotherNumberOfValuesThanLabelsGivesASinkAndIsCounted) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x", "y"}});
  family.With("1").Increment();
  family.Lookup("1")->Increment();
  family.With().Increment();
  family.With("1", "2", "3").Increment();
  EXPECT_FALSE(family.Remove("1"));
  EXPECT_EQ(Page(), "");
  EXPECT_EQ(registry_.GetStatistics().losses.at(0).refused_lookups, 5U);
}

class LabelSizeTest : public FamilyTest {
 protected:
  Registry::Losses Losses() const { return registry_.GetStatistics().losses.at(0); }
  // Of the only label of the first series.
  std::string Value() {
    const Snapshot snapshot = registry_.TakeSnapshot();
    const std::string_view text = snapshot.families()[0].label_text(0);
    return std::string(text.substr(3, text.size() - 4));
  }
};

TEST_F(LabelSizeTest, ALongValueIsCutAndCounted) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  family.With(std::string(100'000, 'x')).Increment();
  family.Lookup(std::string(100'000, 'x'))->Increment();
  EXPECT_EQ(Value().size(), kLabelValueBytesMaxDefault);
  EXPECT_TRUE(Value().starts_with(std::string(1'000, 'x')));
  EXPECT_EQ(Page(), "a_total{x=\"" + Value() + "\"} 2\n");
  EXPECT_EQ(Losses().cut_label_values, 2U);
}

TEST_F(LabelSizeTest, ALongValueIsCutAtACharacter) {
  std::string value;
  while (value.size() < 2 * kLabelValueBytesMaxDefault) value += "\xE2\x82\xAC";
  Add({.name = "a_total", .labels = {"x"}}).With(value).Increment();
  EXPECT_TRUE(IsValidUtf8(Value()));
  EXPECT_GE(Value().size(), kLabelValueBytesMaxDefault - 2);
}

TEST_F(LabelSizeTest, LongValuesThatDifferStayApart) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  family.With(std::string(5'000, 'x') + "1").Increment();
  family.With(std::string(5'000, 'x') + "2").Increment();
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].size(), 2U);
  EXPECT_TRUE(family.Remove(std::string(5'000, 'x') + "1"));
  EXPECT_EQ(registry_.TakeSnapshot().families()[0].size(), 1U);
}

TEST_F(LabelSizeTest, AFullFamilyFindsTheSeriesOfACutValue) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}, .series_max = 1});
  family.With(std::string(5'000, 'x')).Increment();
  family.With("b").Increment();
  family.Lookup(std::string(5'000, 'x'))->Increment();
  EXPECT_EQ(Page(), "a_total{x=\"" + Value() + "\"} 2\na_total{x=\"_overflow\"} 1\n");
}

TEST_F(LabelSizeTest, TheLabelTextsOfAFamilyAreBounded) {
  const Family<Counter> family = Add({.name = "a_total", .labels = {"x"}});
  const auto name = [](int i) { return std::to_string(i) + std::string(2'000, 'x'); };
  for (int i = 0; i < 8'000; ++i) family.With(name(i)).Increment();
  EXPECT_LE(registry_.GetStatistics().series_bytes, 2 * LabelBytesMax(kSeriesMaxDefault));
  EXPECT_GT(Losses().overflowed_lookups, 0U);
  // Removals make room again.
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(family.Remove(name(i)));
  static_cast<void>(registry_.TakeSnapshot());
  const std::uint64_t before = Losses().overflowed_lookups;
  family.Lookup("new")->Increment();
  EXPECT_EQ(Losses().overflowed_lookups, before);
}

class ExpiryTest : public FamilyTest {
 protected:
  static constexpr std::uint64_t kStart = 1'000'000;
  static constexpr std::chrono::nanoseconds kIdle{100};

  // The scrape at a time after the start.
  std::string At(std::uint64_t later) { return Page(kStart + later); }

  const Family<Counter> family_ = Add({.name = "a_total", .labels = {"x"}, .series_max = 3, .expire_after = kIdle});
};

TEST_F(ExpiryTest, ASeriesGoesWhenItsValueHasNotChangedForSoLong) {
  family_.Lookup("1")->Increment();
  EXPECT_EQ(At(0), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(99), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(100), "");
}

TEST_F(ExpiryTest, ARecordingStartsTheTimeAgain) {
  family_.Lookup("1")->Increment();
  At(0);
  family_.Lookup("1")->Increment();
  EXPECT_EQ(At(100), "a_total{x=\"1\"} 2\n");
  EXPECT_EQ(At(199), "a_total{x=\"1\"} 2\n");
  EXPECT_EQ(At(200), "");
}

TEST_F(ExpiryTest, ASeriesStaysWhileAHandleHoldsIt) {
  std::optional<Counter> held = family_.With("1");
  At(0);
  EXPECT_EQ(At(1'000), "a_total{x=\"1\"} 0\n");
  held.reset();
  EXPECT_EQ(At(1'099), "a_total{x=\"1\"} 0\n");
  EXPECT_EQ(At(1'100), "");
}

TEST_F(ExpiryTest, AnExpiredSeriesComesBackAtZero) {
  family_.Lookup("1")->Increment(5);
  At(0);
  EXPECT_EQ(At(100), "");
  family_.Lookup("1")->Increment();
  EXPECT_EQ(At(200), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(299), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(300), "");
}

// Scrapes that overlap may reach a family in another order than that of their times.
TEST_F(ExpiryTest, AScrapeFromThePastRemovesNothing) {
  family_.Lookup("1")->Increment();
  At(50);
  EXPECT_EQ(At(49), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(0), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(149), "a_total{x=\"1\"} 1\n");
  EXPECT_EQ(At(150), "");
}

TEST_F(ExpiryTest, TheOverflowSeriesStaysAndTheOthersMakeRoom) {
  for (const std::string value : {"1", "2", "3", "4"}) family_.Lookup(value)->Increment();
  At(0);
  EXPECT_EQ(At(100), "a_total{x=\"_overflow\"} 1\n");
  family_.Lookup("5")->Increment();
  EXPECT_EQ(At(100), "a_total{x=\"5\"} 1\na_total{x=\"_overflow\"} 1\n");
}

TEST_F(ExpiryTest, HistogramsAndGaugesExpireToo) {
  const MetricOptions options = {.help = "h", .labels = {"x"}, .expire_after = kIdle};
  const auto named = [&](std::string name) {
    MetricOptions copy = options;
    copy.name = std::move(name);
    return copy;
  };
  const auto histogram = registry_.AddHistogram(named("h"), BucketBounds::From({1}).value()).value();
  const auto gauge = registry_.AddGauge(named("g")).value();
  histogram.Lookup("1")->Observe(1);
  gauge.Lookup("1")->Set(3);
  EXPECT_EQ(At(0), "h{x=\"1\"} [1 0] sum 1 count 1\ng{x=\"1\"} 3\n");
  EXPECT_EQ(At(100), "");
}

TEST_F(ExpiryTest, WithoutATimeToExpireSeriesStay) {
  const auto stays = registry_.AddCounter({.name = "b_total", .help = "h", .labels = {"x"}}).value();
  stays.Lookup("1")->Increment();
  At(0);
  EXPECT_EQ(At(std::uint64_t{1} << 60), "b_total{x=\"1\"} 1\n");
}

}  // namespace
}  // namespace streamhouse::metrics
