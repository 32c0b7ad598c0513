// Lag is right to the record whenever nothing moves: in the call, on the page, with automatic commits and without.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "tests/dataplane/data_plane_fixture.h"

namespace streamhouse {
namespace {

using std::chrono::milliseconds;

class LagExactnessTest : public DataPlaneFixture, public testing::WithParamInterface<client::CommitMode> {
 protected:
  LagExactnessTest() : consumer_(ConsumerBuilder().commit_mode(GetParam()).fetch_max_records(7).Build().value()) {}

  void ExpectExactLag() {
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      const std::uint64_t lag = HighWatermark(i) - consumer_->Position("orders", i).value();
      EXPECT_EQ(consumer_->Lag("orders", i).value(), lag);
      EXPECT_TRUE(Eventually([&] { return Gauge("lag_records", i) == static_cast<double>(lag); })) << lag;
      EXPECT_EQ(Gauge("lag_seconds", i) > 0, lag > 0);
    }
  }

  const std::unique_ptr<client::Consumer> consumer_;
};

TEST_P(LagExactnessTest, AtEveryStepFromBehindToTheEnd) {
  ExpectExactLag();
  Produce(30, 0);
  Produce(11, 1);
  ExpectExactLag();
  while (HighWatermark(0) != consumer_->Position("orders", 0).value() ||
         HighWatermark(1) != consumer_->Position("orders", 1).value()) {
    ASSERT_TRUE(consumer_->Poll(milliseconds(100)).ok());
    ExpectExactLag();
  }
}

TEST_P(LagExactnessTest, AfterSeeksInBothDirections) {
  Produce(5, 0);
  for (const std::uint64_t offset : {3U, 0U, 5U}) {
    ASSERT_TRUE(consumer_->Seek("orders", 0, offset).ok());
    ExpectExactLag();
  }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutAutomaticCommits, LagExactnessTest,
                         testing::Values(client::CommitMode::kAutomatic, client::CommitMode::kManual));

}  // namespace
}  // namespace streamhouse
