#include "integrations/mosquitto/space_saving.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace streamhouse::mosquitto_plugin {
namespace {

// A stream in which text k is about twice as frequent as text k + 1 of the first ten, and half of
// all are texts that come once. Counts what the table counts, without a limit.
class SkewedStream {
 public:
  std::string Next() {
    std::string text = random_() % 2 == 0 ? "rare/" + std::to_string(rare_++) : "busy/" + std::to_string(Level());
    ++true_counts_[text];
    return text;
  }
  std::uint64_t true_count(const std::string& text) const {
    const auto found = true_counts_.find(text);
    return found == true_counts_.end() ? 0 : found->second;
  }
  const std::map<std::string, std::uint64_t>& true_counts() const { return true_counts_; }

 private:
  int Level() {
    int level = 0;
    while (level < 9 && random_() % 2 == 0) ++level;
    return level;
  }

  std::mt19937 random_{7};
  int rare_ = 0;
  std::map<std::string, std::uint64_t> true_counts_;
};

void Count(SpaceSaving& table, const std::string& text) {
  static const TextHash hash;
  table.Count(text, hash(text));
}

TEST(SpaceSavingTest, CountsExactlyWhileThereIsRoom) {
  SpaceSaving table(3);
  for (const char* const text : {"a", "b", "a", "c", "a", "b"}) Count(table, text);
  const auto items = table.Items();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].text, "a");
  EXPECT_EQ(items[0].certain(), 3U);
  EXPECT_EQ(items[1].certain(), 2U);
  EXPECT_EQ(items[2].certain(), 1U);
}

TEST(SpaceSavingTest, ANewTextTakesThePlaceOfTheSmallestAndItsCountAsError) {
  SpaceSaving table(2);
  for (const char* const text : {"a", "a", "b", "b", "b", "new"}) Count(table, text);
  const auto items = table.Items();
  EXPECT_EQ(items[0].text, "b");
  EXPECT_EQ(items[1].text, "new");
  EXPECT_EQ(items[1].count, 3U);
  EXPECT_EQ(items[1].error, 2U);
}

TEST(SpaceSavingTest, CertainAndCountBoundTheTrueCount) {
  SpaceSaving table(32);
  SkewedStream stream;
  for (int i = 0; i < 20'000; ++i) Count(table, stream.Next());
  for (const auto& item : table.Items()) {
    EXPECT_LE(item.certain(), stream.true_count(item.text)) << item.text;
    EXPECT_GE(item.count, stream.true_count(item.text)) << item.text;
  }
}

TEST(SpaceSavingTest, KnowsEveryTextAboveItsShare) {
  constexpr std::uint64_t kCapacity = 32;
  constexpr std::uint64_t kTotal = 20'000;
  SpaceSaving table(kCapacity);
  SkewedStream stream;
  for (std::uint64_t i = 0; i < kTotal; ++i) Count(table, stream.Next());
  std::map<std::string, std::uint64_t> known;
  for (const auto& item : table.Items()) known[item.text] = item.count;
  for (const auto& [text, count] : stream.true_counts()) {
    EXPECT_TRUE(count <= kTotal / kCapacity || known.contains(text)) << text << " came " << count << " times";
  }
}

TEST(SpaceSavingTest, ClearForgets) {
  SpaceSaving table(2);
  Count(table, "a");
  table.Clear();
  EXPECT_TRUE(table.Items().empty());
  Count(table, "b");
  EXPECT_EQ(table.Items().front().text, "b");
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
