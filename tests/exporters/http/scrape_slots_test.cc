#include "exporters/http/scrape_slots.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace streamhouse::exporters {
namespace {

TEST(ScrapeSlotsTest, GivesOutNoMoreThanThereAre) {
  const ScrapeSlots slots(2);
  const auto first = slots.Take();
  const auto second = slots.Take();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(slots.Take());
}

TEST(ScrapeSlotsTest, TakesThemBack) {
  const ScrapeSlots slots(1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(slots.Take()) << i;
}

TEST(ScrapeSlotsTest, FollowsASlotThatMoves) {
  const ScrapeSlots slots(1);
  auto slot = slots.Take();
  {
    const auto moved = std::move(slot);
    EXPECT_FALSE(slots.Take());
  }
  EXPECT_TRUE(slots.Take());
}

TEST(ScrapeSlotsTest, OutlivesItsSlots) {
  auto slots = std::make_unique<ScrapeSlots>(1);
  const auto slot = slots->Take();
  slots.reset();
  EXPECT_TRUE(slot);
}

}  // namespace
}  // namespace streamhouse::exporters
