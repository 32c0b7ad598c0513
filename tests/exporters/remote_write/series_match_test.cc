#include "exporters/remote_write/series_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "exporters/remote_write/kept_texts.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

constexpr int kSeries = 5'000;

// A snapshot of a gauge whose series stand in this order.
class Family {
 public:
  explicit Family(const std::vector<int>& values) {
    const auto gauge =
        registry_.AddGauge({.name = "depth", .help = "D", .labels = {"l"}, .series_max = 10'000}).value();
    for (const int value : values) gauge.With(std::to_string(value)).Set(1);
    snapshot_ = registry_.TakeSnapshot();
  }
  const metrics::FamilySnapshot& operator*() const { return snapshot_.families()[0]; }

 private:
  metrics::Registry registry_;
  metrics::Snapshot snapshot_;
};

std::vector<int> Numbers(int begin, int end) {
  std::vector<int> numbers(static_cast<std::size_t>(end - begin));
  std::iota(numbers.begin(), numbers.end(), begin);
  return numbers;
}

// What becomes of series 0 to kSeries - 1 as the family changes.
class SeriesMatchTest : public testing::Test {
 protected:
  SeriesMatchTest() { kept_.Assign(*before_); }

  // The kept series that a family of these lacks; it must lack no other.
  std::vector<int> Ended(const std::vector<int>& now) {
    const Family family(now);
    const SeriesMatch match(kept_, *family);
    left_over_ = match.left_over();
    has_all_ = match.HasAll();
    std::vector<int> ended;
    KeptTexts::Reader reader(kept_);
    for (int i = 0; reader.Next(); ++i) {
      if (!match.Has(static_cast<std::size_t>(i), reader.text())) ended.push_back(i);
    }
    return ended;
  }

  const Family before_{Numbers(0, kSeries)};
  KeptTexts kept_;
  std::size_t left_over_ = 0;
  bool has_all_ = false;
};

TEST_F(SeriesMatchTest, HasAllSeriesWhereNoneChanged) {
  EXPECT_EQ(Ended(Numbers(0, kSeries)), std::vector<int>());
  EXPECT_TRUE(has_all_);
}

TEST_F(SeriesMatchTest, HasAllWhereSeriesAreAdded) {
  EXPECT_EQ(Ended(Numbers(0, kSeries + 100)), std::vector<int>());
  EXPECT_TRUE(has_all_);
  EXPECT_EQ(left_over_, 0U) << "no table is made";
}

TEST_F(SeriesMatchTest, FindsSeriesThatWereRemoved) {
  std::vector<int> now = Numbers(0, kSeries);
  now.erase(now.begin() + 1'000, now.begin() + 2'000);
  now.erase(now.begin());
  std::vector<int> ended = Numbers(1'000, 2'000);
  ended.insert(ended.begin(), 0);
  EXPECT_EQ(Ended(now), ended);
  EXPECT_EQ(left_over_, 0U) << "a removal moves no other series";
}

TEST_F(SeriesMatchTest, FindsSeriesWhosePlacesOthersHave) {
  std::vector<int> now = Numbers(0, kSeries);
  std::iota(now.begin() + 1'000, now.begin() + 2'000, 10'000);
  EXPECT_EQ(Ended(now), Numbers(1'000, 2'000));
  EXPECT_LE(left_over_, 2'100U) << "the series behind the new ones are matched";
}

TEST_F(SeriesMatchTest, FindsSeriesInAnyOrder) {
  std::vector<int> now = Numbers(1, kSeries + 1);
  std::reverse(now.begin(), now.end());
  EXPECT_EQ(Ended(now), std::vector<int>{0});
  std::rotate(now.begin(), now.begin() + 2'500, now.end());
  EXPECT_EQ(Ended(now), std::vector<int>{0});
}

TEST_F(SeriesMatchTest, FindsThatAllAreGone) {
  EXPECT_EQ(Ended({}), Numbers(0, kSeries));
  EXPECT_EQ(Ended(Numbers(kSeries, 2 * kSeries)), Numbers(0, kSeries));
}

}  // namespace
}  // namespace streamhouse::exporters
