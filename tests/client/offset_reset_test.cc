#include "client/offset_reset.h"

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

constexpr Watermarks kWatermarks = {.log_start_offset = 10, .high_watermark = 20};

TEST(OffsetResetTest, EarliestIsTheStartOfTheLog) {
  EXPECT_EQ(ResetOffset(OffsetReset::kEarliest, kWatermarks).value(), 10U);
}

TEST(OffsetResetTest, LatestIsTheHighWatermark) {
  EXPECT_EQ(ResetOffset(OffsetReset::kLatest, kWatermarks).value(), 20U);
}

TEST(OffsetResetTest, WithoutAPolicyThereIsAnError) {
  EXPECT_EQ(ResetOffset(OffsetReset::kNone, kWatermarks).status().code(), StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace streamhouse::client
