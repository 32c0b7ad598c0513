#include "metrics_core/internal/cells/exponential_layout.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "metrics_core/internal/cells/exponential_run.h"
#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics::internal {

namespace {

TEST(ExponentialLayoutTest, KeepsWhatItWasMadeOf) {
  for (const std::int32_t first_index : {-280'000, -1, 0, 1, 280'000}) {
    const auto layout = ExponentialLayout::Make(200, kSecondWindowCell, 12, first_index);
    EXPECT_EQ(layout.generation(), 200U);
    EXPECT_EQ(layout.window(), kSecondWindowCell);
    EXPECT_EQ(layout.schema(), kMaxExponentialSchema - 12);
    EXPECT_EQ(layout.first_index(), first_index);
    EXPECT_EQ(ExponentialLayout(layout.bits()).bits(), layout.bits());
  }
}

TEST(ExponentialLayoutTest, OneThatWasNeverWrittenHasRoomForNothing) {
  EXPECT_FALSE(ExponentialLayout().has_window());
  for (const double value : {5e-324, 1e-300, 1.0, 1e300}) {
    EXPECT_GE(ExponentialLayout().PositionOf(ExponentialIndex(value)), kExponentialBuckets);
  }
}

}  // namespace
}  // namespace streamhouse::metrics::internal
