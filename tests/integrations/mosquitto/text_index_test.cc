#include "integrations/mosquitto/text_index.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace streamhouse::mosquitto_plugin {
namespace {

TEST(TextHashTest, EachOneHasAKeyOfItsOwn) {
  const TextHash first;
  const TextHash second;
  EXPECT_EQ(first("sensors"), TextHash(first)("sensors"));
  EXPECT_NE(first("sensors"), second("sensors"));
}

TEST(TextHashTest, TextsOfEachLengthAndWithZerosDiffer) {
  const TextHash hash;
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) seen.insert(hash(std::string(size, '\0')));
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = 'b';
    seen.insert(hash(text));
  }
  EXPECT_EQ(seen.size(), 80U);
}

TEST(TextHashTest, EachByteCounts) {
  const TextHash hash;
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'b';
      EXPECT_NE(hash(text), hash(std::string(size, 'a'))) << at << " of " << size;
    }
  }
}

std::optional<std::uint32_t> Found(const TextIndex& index, std::uint64_t hash, std::uint32_t meant) {
  const std::uint32_t* const found = index.Find(hash, [&](std::uint32_t number) { return number == meant; });
  return found == nullptr ? std::nullopt : std::optional(*found);
}

TEST(TextIndexTest, TheMeantOneOfNumbersWithOneHashIsFound) {
  TextIndex index(3);
  index.Add(7, 0);
  index.Add(7, 1);
  EXPECT_EQ(Found(index, 7, 1), 1U);
  EXPECT_EQ(Found(index, 7, 2), std::nullopt);
  index.Remove(7, 0);
  EXPECT_EQ(Found(index, 7, 0), std::nullopt);
  EXPECT_EQ(Found(index, 7, 1), 1U);
}

TEST(TextIndexTest, ANumberIsFoundUnderItsHashAlone) {
  TextIndex index(3);
  index.Add(7, 0);
  EXPECT_EQ(Found(index, 8, 0), std::nullopt);
  // The same place, another tag.
  EXPECT_EQ(Found(index, 7 + 8, 0), std::nullopt);
}

TEST(TextIndexTest, AfterClearNothingIsFound) {
  TextIndex index(3);
  index.Add(7, 0);
  index.Clear();
  EXPECT_EQ(Found(index, 7, 0), std::nullopt);
}

TEST(TextIndexDeathTest, ASizeIsNeeded) {
  EXPECT_DEATH(TextIndex(0), "a size from 1");
  EXPECT_DEATH(TextIndex(TextIndex::kSizeMax + 1), "a size from 1");
}

// The method: numbers with few hashes, which meet at few places around the end of the table, come
// and go, and are compared with a map.
TEST(TextIndexTest, FindsWhatIsInItWhileNumbersComeAndGo) {
  constexpr std::uint32_t kNumbers = 16;
  TextIndex index(kNumbers);
  std::map<std::uint32_t, std::uint64_t> expected;
  std::mt19937 random(7);
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t number = random() % kNumbers;
    if (const auto known = expected.find(number); known != expected.end()) {
      index.Remove(known->second, number);
      expected.erase(known);
    } else {
      expected[number] = 28 + random() % 6;
      index.Add(expected[number], number);
    }
    for (const auto& [in, hash] : expected) ASSERT_EQ(Found(index, hash, in), in) << step;
  }
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
