#include "metrics_core/internal/series/series_table.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

class SeriesTableTest : public testing::Test {
 protected:
  using Values = std::array<std::string_view, 2>;

  std::uint32_t Insert(std::string_view topic, std::string_view group, Slot run) {
    return table_.Insert(Values{topic, group}, run);
  }

  // The run of the series, or kSinkSlot.
  Slot Find(std::string_view topic, std::string_view group) const {
    const Series* const series = table_.Find(Values{topic, group});
    return series == nullptr ? kSinkSlot : series->run;
  }

  const std::vector<std::string> names_ = {"topic", "group"};
  SeriesTable table_{names_};
};

TEST_F(SeriesTableTest, FindsASeriesByAllOfItsValues) {
  Insert("orders", "billing", 7);
  Insert("orders", "audit", 8);
  EXPECT_EQ(Find("orders", "billing"), 7U);
  EXPECT_EQ(Find("orders", "audit"), 8U);
  EXPECT_EQ(Find("billing", "orders"), kSinkSlot);
  EXPECT_EQ(Find("orders", ""), kSinkSlot);
}

TEST_F(SeriesTableTest, FindsTheSameByASpanAsByAnArray) {
  Insert("orders", "billing", 7);
  const std::vector<std::string_view> values = {"orders", "billing"};
  EXPECT_EQ(table_.Find(std::span(values))->run, 7U);
}

TEST_F(SeriesTableTest, KeepsTheTextOfASeriesAndItsNumber) {
  const std::uint32_t number = Insert("a\"b", "c", 7);
  EXPECT_EQ(table_.At(number).text(), "topic=\"a\\\"b\",group=\"c\"");
  EXPECT_EQ(table_.NumberOf(table_.At(number)), number);
}

TEST_F(SeriesTableTest, ATableWithoutLabelsHasOneSeries) {
  const std::vector<std::string> none;
  SeriesTable table(none);
  EXPECT_EQ(table.Find(std::array<std::string_view, 0>{}), nullptr);
  table.Insert({}, 7);
  EXPECT_EQ(table.Find(std::array<std::string_view, 0>{})->run, 7U);
  EXPECT_EQ(table.At(0).text(), "");
}

TEST_F(SeriesTableTest, SeriesNeverMoveAndAreFoundHoweverManyThereAre) {
  constexpr std::uint32_t kSeries = 20'000;
  std::vector<const Series*> places;
  for (std::uint32_t i = 0; i < kSeries; ++i) {
    const std::string topic = std::to_string(i);
    EXPECT_EQ(Insert(topic, "g", i + 1), i);
    places.push_back(&table_.At(i));
  }
  for (std::uint32_t i = 0; i < kSeries; ++i) {
    ASSERT_EQ(table_.Find(Values{std::to_string(i), "g"}), places[i]);
    ASSERT_EQ(table_.NumberOf(*places[i]), i);
  }
  EXPECT_EQ(table_.live_count(), kSeries);
}

TEST_F(SeriesTableTest, AnErasedSeriesIsNotFoundAndStillReadable) {
  const std::uint32_t number = Insert("orders", "billing", 7);
  table_.Erase(number);
  EXPECT_EQ(Find("orders", "billing"), kSinkSlot);
  EXPECT_EQ(table_.At(number).text(), "topic=\"orders\",group=\"billing\"");
  EXPECT_EQ(table_.At(number).run, 7U);
  EXPECT_FALSE(table_.IsLive(number));
  EXPECT_EQ(table_.live_count(), 0U);
}

TEST_F(SeriesTableTest, ANumberIsUsedAgainOnceItIsRecycledAndNoEarlier) {
  const std::uint32_t first = Insert("1", "", 1);
  table_.Erase(first);
  EXPECT_NE(Insert("2", "", 2), first);
  table_.Recycle(first);
  EXPECT_EQ(Insert("3", "", 3), first);
  EXPECT_EQ(Find("1", ""), kSinkSlot);
  EXPECT_EQ(Find("3", ""), 3U);
}

// Invariant 3.
TEST_F(SeriesTableTest, HandsOutTheIndexesThatItHasOutgrown) {
  std::size_t outgrown = 0;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    Insert(std::to_string(i), "", i + 1);
    outgrown += table_.TakeOutgrown().size();
  }
  EXPECT_GE(outgrown, 3U);
  EXPECT_TRUE(table_.TakeOutgrown().empty());
}

TEST_F(SeriesTableTest, ChurnDoesNotMakeItGrow) {
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const std::uint32_t number = Insert(std::to_string(i), "", i + 1);
    ASSERT_EQ(Find(std::to_string(i), ""), i + 1);
    table_.Erase(number);
    table_.Recycle(number);
    table_.TakeOutgrown();
  }
  EXPECT_EQ(table_.number_limit(), 1U);
}

// A reader may find nothing where it begins before an insertion, and otherwise the series with its
// values. Indexes that are outgrown stay until the readers have stopped.
// Invariant 1. Invariant 1 of metrics_core/internal/series/series.h.
TEST_F(SeriesTableTest, IsFoundInWhileItGrows) {
  constexpr std::uint32_t kSeries = 5'000;
  std::atomic<std::uint32_t> inserted = 0;
  std::thread reader([&] {
    for (std::uint32_t seen = 0; seen < kSeries;) {
      seen = inserted.load(std::memory_order_acquire);
      ASSERT_EQ(Find("never", "inserted"), kSinkSlot);
      if (seen == 0) continue;
      ASSERT_EQ(Find(std::to_string(seen - 1), "g"), seen);
    }
  });
  std::vector<std::unique_ptr<const SeriesIndex>> outgrown;
  for (std::uint32_t i = 0; i < kSeries; ++i) {
    Insert(std::to_string(i), "g", i + 1);
    for (auto& index : table_.TakeOutgrown()) outgrown.push_back(std::move(index));
    inserted.store(i + 1, std::memory_order_release);
  }
  reader.join();
}

}  // namespace
}  // namespace streamhouse::metrics::internal
