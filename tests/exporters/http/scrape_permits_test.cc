#include "exporters/http/scrape_permits.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace streamhouse::exporters {
namespace {

TEST(ScrapePermitsTest, GivesOutNoMoreThanThereAre) {
  const ScrapePermits permits(2);
  const auto first = permits.Take();
  const auto second = permits.Take();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(permits.Take());
}

TEST(ScrapePermitsTest, TakesThemBack) {
  const ScrapePermits permits(1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(permits.Take()) << i;
}

TEST(ScrapePermitsTest, FollowsASlotThatMoves) {
  const ScrapePermits permits(1);
  auto permit = permits.Take();
  {
    const auto moved = std::move(permit);
    EXPECT_FALSE(permits.Take());
  }
  EXPECT_TRUE(permits.Take());
}

TEST(ScrapePermitsTest, OutlivesItsSlots) {
  auto permits = std::make_unique<ScrapePermits>(1);
  const auto permit = permits->Take();
  permits.reset();
  EXPECT_TRUE(permit);
}

}  // namespace
}  // namespace streamhouse::exporters
