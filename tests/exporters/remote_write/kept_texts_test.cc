#include "exporters/remote_write/kept_texts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {
namespace {

constexpr int kSeries = 20'000;

using Values = std::vector<std::pair<std::string, std::string>>;

// Texts of a broker, in the order of their topics.
Values TopicsAndPartitions() {
  Values values;
  for (int i = 0; i < kSeries; ++i) values.emplace_back(std::to_string(i / 100), std::to_string(i % 100));
  return values;
}

// A snapshot of a gauge with these label values.
metrics::Snapshot SnapshotOf(metrics::Registry& registry, const Values& values) {
  const auto family = registry
                          .AddGauge({.name = "depth",
                                     .help = "D",
                                     .labels = {"topic", "partition"},
                                     .series_max = static_cast<std::uint32_t>(values.size()),
                                     .label_value_bytes_max = 65'000})
                          .value();
  for (const auto& [topic, partition] : values) family.With(topic, partition).Set(1);
  return registry.TakeSnapshot();
}

std::vector<std::string> TextsOf(const metrics::FamilySnapshot& family) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < family.size(); ++i) texts.emplace_back(family.label_text(i));
  return texts;
}
std::vector<std::string> TextsOf(const KeptTexts& kept) {
  std::vector<std::string> texts;
  for (KeptTexts::Reader reader(kept); reader.Next();) texts.emplace_back(reader.text());
  return texts;
}

double BytesPerSeries(const Values& values) {
  metrics::Registry registry;
  const metrics::Snapshot snapshot = SnapshotOf(registry, values);
  KeptTexts kept;
  kept.Assign(snapshot.families()[0]);
  return static_cast<double>(kept.memory_bytes()) / static_cast<double>(values.size());
}

TEST(KeptTextsTest, HaveNoneAtFirst) {
  EXPECT_EQ(TextsOf(KeptTexts()), std::vector<std::string>());
}

TEST(KeptTextsTest, GiveBackTheTextsOfManyBlocks) {
  metrics::Registry registry;
  const metrics::Snapshot snapshot = SnapshotOf(registry, TopicsAndPartitions());
  KeptTexts kept;
  kept.Assign(snapshot.families()[0]);
  EXPECT_EQ(TextsOf(kept), TextsOf(snapshot.families()[0]));
  EXPECT_EQ(kept.size(), static_cast<std::size_t>(kSeries));
}

TEST(KeptTextsTest, GiveBackEmptyTextsAndThoseLargerThanABlock) {
  metrics::Registry registry;
  registry.AddGauge({.name = "alone", .help = "A"}).value().With().Set(1);
  const metrics::Snapshot snapshot =
      SnapshotOf(registry, {{"a", "b"}, {std::string(KeptTexts::kBlockBytes + 1, 'x'), "line\nbreak"}, {"c", "d"}});
  for (const metrics::FamilySnapshot& family : snapshot.families()) {
    KeptTexts kept;
    kept.Assign(family);
    EXPECT_EQ(TextsOf(kept), TextsOf(family));
  }
}

TEST(KeptTextsTest, OutliveTheFamily) {
  KeptTexts kept;
  {
    metrics::Registry registry;
    kept.Assign(SnapshotOf(registry, {{"a", "b"}}).families()[0]);
  }
  EXPECT_EQ(TextsOf(kept), std::vector<std::string>{R"(topic="a",partition="b")"});
}

TEST(KeptTextsTest, HoldTheTextsOfTheFamilyAssignedLast) {
  metrics::Registry registry;
  metrics::Registry other;
  KeptTexts kept;
  kept.Assign(SnapshotOf(registry, TopicsAndPartitions()).families()[0]);
  const metrics::Snapshot snapshot = SnapshotOf(other, {{"a", "b"}, {"c", "d"}});
  kept.Assign(snapshot.families()[0]);
  EXPECT_EQ(TextsOf(kept), TextsOf(snapshot.families()[0]));
}

// The bound of docs/decisions/remote_write.md: in the order of their values, in any order, and
// where each value is random.
TEST(KeptTextsTest, TakeFewBytesASeries) {
  Values values = TopicsAndPartitions();
  EXPECT_LE(BytesPerSeries(values), 2);
  std::mt19937_64 random(1);
  std::shuffle(values.begin(), values.end(), random);
  EXPECT_LE(BytesPerSeries(values), 6);
  for (auto& [topic, partition] : values) topic = std::to_string(random());
  EXPECT_LE(BytesPerSeries(values), 16) << "of 48 before compression";
}

}  // namespace
}  // namespace streamhouse::exporters
