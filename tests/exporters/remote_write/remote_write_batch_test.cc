#include "exporters/remote_write/remote_write_batch.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>

namespace streamhouse::exporters {
namespace {

TEST(RemoteWriteBatchTest, WritesEveryNanOfAProgramAlike) {
  EXPECT_EQ(NumberBits(std::numeric_limits<double>::quiet_NaN()), kPlainNanBits);
  EXPECT_EQ(NumberBits(-std::numeric_limits<double>::quiet_NaN()), kPlainNanBits);
  EXPECT_EQ(NumberBits(std::bit_cast<double>(kStaleMarkerBits)), kPlainNanBits);
}

TEST(RemoteWriteBatchTest, LeavesOtherNumbersAsTheyAre) {
  for (const double value : {0.0, -0.0, 1.5, std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(NumberBits(value), std::bit_cast<std::uint64_t>(value));
  }
}

}  // namespace
}  // namespace streamhouse::exporters
