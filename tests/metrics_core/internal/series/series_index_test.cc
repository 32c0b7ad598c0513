#include "metrics_core/internal/series/series_index.h"

#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

// The series that a look-up for this hash would have to compare with its values.
std::set<const Series*> Candidates(const SeriesIndex& index, std::uint64_t hash) {
  std::set<const Series*> candidates;
  for (std::size_t i = hash; index.EntryAt(i) != SeriesIndex::kEmpty; ++i) {
    if (SeriesIndex::MayBe(index.EntryAt(i), hash)) candidates.insert(SeriesIndex::SeriesOf(index.EntryAt(i)));
  }
  return candidates;
}

constexpr std::uint64_t kTag = std::uint64_t{1} << 48;

class SeriesIndexTest : public testing::Test {
 protected:
  SeriesIndex index_{64};
  std::vector<Series> series_{64};
};

TEST_F(SeriesIndexTest, FindsASeriesThatWasAdded) {
  index_.Add(5 * kTag + 7, series_[0]);
  EXPECT_EQ(Candidates(index_, 5 * kTag + 7), std::set<const Series*>{&series_[0]});
  EXPECT_TRUE(Candidates(index_, 5 * kTag + 8).empty());
}

TEST_F(SeriesIndexTest, OffersOnlySeriesWithTheTagOfTheHash) {
  index_.Add(5 * kTag + 7, series_[0]);
  index_.Add(6 * kTag + 7, series_[1]);
  EXPECT_EQ(Candidates(index_, 6 * kTag + 7), std::set<const Series*>{&series_[1]});
}

TEST_F(SeriesIndexTest, OffersAllSeriesOfOneHash) {
  for (int i = 0; i < 3; ++i) index_.Add(63, series_[i]);
  EXPECT_EQ(Candidates(index_, 63).size(), 3U);
}

// Invariant 2.
TEST_F(SeriesIndexTest, AnErasedSeriesIsNotFoundAndHidesNoOther) {
  for (int i = 0; i < 3; ++i) index_.Add(9, series_[i]);
  index_.Erase(9, series_[1]);
  EXPECT_EQ(Candidates(index_, 9), (std::set<const Series*>{&series_[0], &series_[2]}));
}

TEST_F(SeriesIndexTest, AnErasedEntryIsOfNoHash) {
  index_.Add(0, series_[0]);
  index_.Erase(0, series_[0]);
  for (const std::uint64_t tag : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xFFFF}}) {
    EXPECT_TRUE(Candidates(index_, tag * kTag).empty());
  }
}

TEST_F(SeriesIndexTest, IsFullAtAThirdAlsoWhenAllWereErased) {
  std::size_t added = 0;
  for (; !index_.IsFull(); ++added) {
    index_.Add(added * 31, series_[added]);
    index_.Erase(added * 31, series_[added]);
  }
  EXPECT_EQ(added, 22U);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
