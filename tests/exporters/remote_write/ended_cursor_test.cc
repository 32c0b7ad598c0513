#include "exporters/remote_write/ended_cursor.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/remote_write/request_checks.h"

namespace streamhouse::exporters {
namespace {

constexpr std::uint32_t kSeries = 5'000;  // some blocks of texts

// The kept series of a counter; which of them have ended is a matter of the families.
class EndedCursorTest : public testing::Test {
 protected:
  EndedCursorTest() {
    AddCounters(registry_, kSeries);
    snapshot_ = registry_.TakeSnapshot();
    kept_[0].info = snapshot_.families()[0].info();
    kept_[0].texts.Assign(snapshot_.families()[0]);
  }

  EndedCursor Cursor(std::span<const metrics::FamilySnapshot> families) const {
    return {kept_, ExponentialUse::kNative, families, ExponentialUse::kNative};
  }

  metrics::Registry registry_;
  metrics::Snapshot snapshot_;
  std::vector<KeptFamily> kept_{1};
};

TEST_F(EndedCursorTest, EndsNoSeriesThatTheFamiliesHave) {
  EndedCursor cursor = Cursor(snapshot_.families());
  EXPECT_EQ(cursor.Next(), nullptr);
  EXPECT_EQ(cursor.Next(), nullptr);
}

TEST_F(EndedCursorTest, EndsEachSeriesOfAFamilyThatIsGone) {
  EndedCursor cursor = Cursor({});
  std::size_t i = 0;
  for (; const EndedSeries* ended = cursor.Next(); cursor.Pop(), ++i) {
    ASSERT_EQ(ended->label_text, snapshot_.families()[0].label_text(i));
    EXPECT_EQ(ended->info, &kept_[0].info);
  }
  EXPECT_EQ(i, kSeries);
}

TEST_F(EndedCursorTest, GivesASeriesUntilItIsPopped) {
  EndedCursor cursor = Cursor({});
  const std::string first(cursor.Next()->label_text);
  EXPECT_EQ(cursor.Next()->label_text, first);
  cursor.Pop();
  EXPECT_NE(cursor.Next()->label_text, first);
}

// Rule: an encoder compares a text with its predecessor. Invariant 1.
TEST_F(EndedCursorTest, KeepsTheTextOfThePredecessor) {
  EndedCursor cursor = Cursor({});
  std::string_view predecessor = cursor.Next()->label_text;
  std::string copy(predecessor);
  for (cursor.Pop(); const EndedSeries* ended = cursor.Next(); cursor.Pop()) {
    ASSERT_EQ(predecessor, copy);
    predecessor = ended->label_text;
    copy = predecessor;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
