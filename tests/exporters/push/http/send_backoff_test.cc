#include "exporters/push/http/send_backoff.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;

struct Range {
  int from;
  int to;
};
constexpr Range kDelays[] = {{250, 500}, {500, 1000}, {1000, 2000}, {2000, 4000}, {2500, 5000}, {2500, 5000}};

TEST(SendBackoffTest, DoublesUpToItsLargestDelay) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SendBackoff backoff(seed);
    for (const auto& [from, to] : kDelays) {
      const milliseconds delay = backoff.Next();
      EXPECT_GE(delay, milliseconds(from));
      EXPECT_LE(delay, milliseconds(to));
    }
  }
}

TEST(SendBackoffTest, SpreadsAFleet) {
  std::set<milliseconds> delays;
  for (std::uint64_t seed = 0; seed < 100; ++seed) delays.insert(SendBackoff(seed).Next());
  EXPECT_GT(*delays.rbegin() - *delays.begin(), milliseconds(200));
}

TEST(SendBackoffTest, StartsAgainForANewBody) {
  SendBackoff backoff(1);
  for (int i = 0; i < 5; ++i) backoff.Next();
  backoff.Restart();
  EXPECT_LE(backoff.Next(), milliseconds(500));
}

}  // namespace
}  // namespace streamhouse::exporters
