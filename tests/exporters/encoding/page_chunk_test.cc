#include "exporters/encoding/page_chunk.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace streamhouse::exporters {
namespace {

// A page of given items.
class Items : public PageSource {
 public:
  explicit Items(std::vector<std::string> items) : items_(std::move(items)) {}
  Progress Fill(PageChunk& chunk) override {
    for (; next_ < items_.size(); ++next_) {
      if (!chunk.Append(items_[next_])) return Progress::kMore;
    }
    return Progress::kEnd;
  }

 private:
  std::vector<std::string> items_;
  std::size_t next_ = 0;
};

TEST(PageChunkTest, TakesItemsUntilItIsFull) {
  PageChunk chunk(5);
  EXPECT_TRUE(chunk.Append("abc"));
  EXPECT_FALSE(chunk.Append("def"));
  EXPECT_TRUE(chunk.Append("gh"));
  EXPECT_EQ(chunk.view(), "abcgh");
}

TEST(PageChunkTest, TakesAnItemThatIsLargerThanItselfWhenEmpty) {
  PageChunk chunk(5);
  EXPECT_TRUE(chunk.Append("abcdefgh"));
  EXPECT_EQ(chunk.view(), "abcdefgh");
  EXPECT_FALSE(chunk.Append("i"));
}

TEST(PageChunkTest, KeepsOnlyWhatIsCommitted) {
  PageChunk chunk(5);
  char* const out = chunk.Reserve(5);
  out[0] = 'a';
  chunk.Commit(out + 1);
  EXPECT_EQ(chunk.view(), "a");
}

TEST(PageChunkTest, IsEmptyAgainWhenCleared) {
  PageChunk chunk(5);
  chunk.Append("abcde");
  chunk.Clear();
  EXPECT_TRUE(chunk.empty());
  EXPECT_TRUE(chunk.Append("fghij"));
}

TEST(PageChunkTest, ReadPagePutsTheChunksTogether) {
  const std::string large(kPageChunkBytes - 1, 'x');
  Items items({"a", large, "b", large + large, "c"});
  EXPECT_EQ(ReadPage(items).value(), "a" + large + "b" + large + large + "c");
}

TEST(PageChunkTest, ReadPageGivesNoPartOfAPageThatFails) {
  class BreaksOff : public PageSource {
   public:
    Progress Fill(PageChunk& chunk) override { return chunk.Append("a"), Progress::kFailed; }
  };
  BreaksOff page;
  EXPECT_EQ(ReadPage(page), std::nullopt);
}

}  // namespace
}  // namespace streamhouse::exporters
