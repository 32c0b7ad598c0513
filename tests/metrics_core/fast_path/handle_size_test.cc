// Handles are kept in every object that records; what they cost in memory is a part of the
// contract.
#include <cstdint>
#include <type_traits>

#include <gtest/gtest.h>

#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::metrics {
namespace {

TEST(HandleSizeTest, AHandleIsASlotAndAtMostOnePointer) {
  EXPECT_EQ(sizeof(Counter), sizeof(std::uint32_t));
  EXPECT_EQ(sizeof(DoubleCounter), sizeof(std::uint32_t));
  EXPECT_EQ(sizeof(UpDownCounter), sizeof(std::uint32_t));
  EXPECT_EQ(sizeof(ExponentialHistogram), sizeof(std::uint32_t));
  EXPECT_EQ(sizeof(Gauge), 2 * sizeof(void*));
  EXPECT_EQ(sizeof(DoubleGauge), 2 * sizeof(void*));
  EXPECT_EQ(sizeof(Histogram), 2 * sizeof(void*));
  EXPECT_EQ(sizeof(TickHistogram), 2 * sizeof(void*));
}

template <typename Handle>
constexpr bool kMovesWithoutFailing =
    std::is_nothrow_move_constructible_v<Handle>&& std::is_nothrow_move_assignable_v<Handle>;

TEST(HandleSizeTest, AHandleMovesAndCopiesWithoutFailing) {
  EXPECT_TRUE(kMovesWithoutFailing<Counter> && std::is_nothrow_copy_constructible_v<Counter>);
  EXPECT_TRUE(kMovesWithoutFailing<Gauge> && std::is_nothrow_copy_constructible_v<Gauge>);
  EXPECT_TRUE(kMovesWithoutFailing<UpDownCounter> && std::is_nothrow_copy_constructible_v<UpDownCounter>);
  EXPECT_TRUE(kMovesWithoutFailing<Histogram> && std::is_nothrow_copy_constructible_v<Histogram>);
}

}  // namespace
}  // namespace streamhouse::metrics
