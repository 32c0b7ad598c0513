#include "exporters/encoding/text_page.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "exporters/encoding/text_encoder.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {
namespace {

using metrics::Registry;

class TextPageTest : public testing::Test {
 protected:
  // Families of every kind, and a series whose label alone fills a small chunk.
  void Fill() {
    const auto sent = registry_.AddCounter({.name = "sent_total", .help = "Sent", .labels = {"topic"}}).value();
    for (int i = 0; i < 10; ++i) sent.With(std::string("topic-").append(std::to_string(i))).Increment(1);
    sent.With(std::string(500, 'x')).Increment(2);
    registry_.AddGauge({.name = "pending", .help = "Pending"}).value().With().Set(-3);
    const auto duration =
        registry_.AddHistogram({.name = "duration", .help = "Duration", .labels = {"topic"}}, Bounds({0.5, 1, 2.5}));
    duration.value().With("a").Observe(1);
    duration.value().With("b").Observe(9);
  }
  static std::string Joined(const std::vector<std::string>& chunks) {
    return std::accumulate(chunks.begin(), chunks.end(), std::string());
  }

  Registry registry_;
};

TEST_F(TextPageTest, IsTheSameInChunksOfAnySize) {
  Fill();
  const std::string page = PageOf<TextEncoder>(registry_);
  for (std::size_t bytes = 1; bytes <= page.size() + 100; ++bytes) {
    ASSERT_EQ(Joined(ChunksOf<TextEncoder>(registry_, bytes)), page) << "in chunks of " << bytes;
  }
}

TEST_F(TextPageTest, KeepsToTheSizeOfItsChunks) {
  Fill();
  constexpr std::size_t kLargestLine = 600;
  for (const std::string& chunk : ChunksOf<TextEncoder>(registry_, 200)) EXPECT_LE(chunk.size(), kLargestLine);
  for (const std::string& chunk : ChunksOf<TextEncoder>(registry_, kLargestLine)) EXPECT_LE(chunk.size(), kLargestLine);
}

TEST_F(TextPageTest, NeverSplitsALine) {
  Fill();
  for (const std::string& chunk : ChunksOf<TextEncoder>(registry_, 200)) EXPECT_TRUE(chunk.ends_with('\n')) << chunk;
}

TEST_F(TextPageTest, CopiesLabelsOfEveryLength) {
  const auto family = registry_.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  std::string expected = "# HELP n_total N\n# TYPE n_total counter\n";
  for (std::size_t length = 0; length < 100; ++length) {
    std::string value;
    for (std::size_t i = 0; i < length; ++i) value += static_cast<char>('a' + i % 26);
    family.With(value).Increment(length);
    expected += "n_total{l=\"" + value + "\"} " + std::to_string(length) + "\n";
  }
  EXPECT_EQ(PageOf<TextEncoder>(registry_), expected);
}

TEST_F(TextPageTest, LeavesOutFamiliesWithoutSeries) {
  const auto family = registry_.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  EXPECT_EQ(PageOf<TextEncoder>(registry_), "");
}

}  // namespace
}  // namespace streamhouse::exporters
