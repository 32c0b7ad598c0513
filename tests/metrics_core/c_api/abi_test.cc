// The C side of a recording against the C++ side of the same memory.
#include "metrics_core/c_api/abi.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/c_api/bridge.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/internal/cells/bucket_table.h"
#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::metrics {
namespace {

using internal::BucketTable;

const streamhouse_abi_buckets* InC(const BucketTable* table) {
  return reinterpret_cast<const streamhouse_abi_buckets*>(table);
}

TEST(AbiTest, BothSidesFindTheSameCell) {
  const internal::Slot run = internal::AllocateRun({});
  EXPECT_EQ(streamhouse_abi_own_cell(run), nullptr);
  EXPECT_EQ(internal::OwnCell(run), nullptr);
  streamhouse_abi_add_slowly(run, 1);
  ASSERT_NE(internal::OwnCell(run), nullptr);
  EXPECT_EQ(static_cast<void*>(streamhouse_abi_own_cell(run)), internal::OwnCell(run));
}

TEST(AbiTest, BothSidesFindTheSameBucket) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponents(-40, 40);
  for (int i = 0; i < 50; ++i) {
    const double first = std::exp2(exponents(random));
    const BucketTable* const table = BucketTable::Intern(std::vector<double>{first, first * 2, first * 3});
    ASSERT_TRUE(table->has_cells());
    for (int j = 0; j < 200; ++j) {
      const double value = std::exp2(exponents(random));
      ASSERT_EQ(streamhouse_abi_bucket_of(InC(table), value), table->Locate(value)) << value << " of " << first;
    }
    ASSERT_EQ(streamhouse_abi_bucket_of(InC(table), first), 0U);
    ASSERT_EQ(streamhouse_abi_bucket_of(InC(table), 0), 0U);
  }
}

TEST(AbiTest, BothSidesFindTheSameBucketOfTicks) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) {
    const auto first = static_cast<double>(1 + (random() >> (14 + random() % 50)));
    const BucketTable* const table =
        BucketTable::Intern(std::vector<double>{first, first * 2, first * 3}, internal::Recorded::kTicks);
    ASSERT_TRUE(table->has_octaves());
    for (int j = 0; j < 200; ++j) {
      const std::uint64_t ticks = random() >> (1 + random() % 63);
      ASSERT_EQ(streamhouse_abi_bucket_of_ticks(InC(table), ticks), table->LocateTicks(ticks))
          << ticks << " of " << first;
    }
    ASSERT_EQ(streamhouse_abi_bucket_of_ticks(InC(table), static_cast<std::uint64_t>(first)), 0U);
    ASSERT_EQ(streamhouse_abi_bucket_of_ticks(InC(table), 0), 0U);
  }
}

TEST(AbiTest, ATableThatIsHalvedHasNoEntries) {
  const BucketTable* const table = BucketTable::Intern(std::vector<double>{-1, 1});
  ASSERT_FALSE(table->has_cells());
  EXPECT_EQ(InC(table)->entries, nullptr);
  const std::vector<double> dense = {std::ldexp(1, 40), std::ldexp(1, 40) + 1};
  EXPECT_EQ(InC(BucketTable::Intern(dense, internal::Recorded::kTicks))->octaves, nullptr);
}

TEST(AbiTest, EachObjectFileRefersToItsLayout) {
  EXPECT_EQ(streamhouse_abi_of_this_object, &streamhouse_abi_1);
}

class TracedTest : public ::testing::Test {
 protected:
  TracedTest() {
    options_.size = sizeof(options_);
    options_.name = "a";
    options_.help = "Help";
    options_.exemplars = STREAMHOUSE_EXEMPLARS_SAMPLED;
  }

  // The exemplar of the one series of the one family, in any bucket.
  std::optional<Exemplar> Found() {
    const Snapshot snapshot = RegistryOf(*registry_).TakeSnapshot();
    const FamilySnapshot& family = snapshot.families()[0];
    const HistogramValues* const histograms = metrics::testing::HistogramsOf(family);
    const ExemplarTable& table =
        histograms != nullptr ? histograms->exemplars : family.As<CounterValues<std::uint64_t>>().exemplars;
    const auto is_there = [](const auto& place) { return place.has_value(); };
    const auto place = std::find_if(table.places.begin(), table.places.end(), is_there);
    return place == table.places.end() ? std::nullopt : *place;
  }

  const std::unique_ptr<streamhouse_registry, void (*)(streamhouse_registry*)> registry_{streamhouse_registry_new(),
                                                                                         &streamhouse_registry_free};
  streamhouse_metric_options options_ = {};
  const streamhouse_trace trace_ = {.id_high = 1, .id_low = 2, .span_id = 3};
  const double bound_ = 4;
};

TEST_F(TracedTest, ACounterKeepsAnExemplar) {
  options_.name = "a_total";
  streamhouse_counter_family family;
  ASSERT_EQ(streamhouse_add_counter(registry_.get(), &options_, &family).code, STREAMHOUSE_OK);
  streamhouse_counter_add_traced(streamhouse_counter_with(family, nullptr, nullptr, 0), 5, trace_);
  ASSERT_TRUE(Found());
  EXPECT_EQ(Found()->value, 5);
  EXPECT_EQ(Found()->trace.trace_id_high, 1U);
  EXPECT_EQ(Found()->trace.trace_id_low, 2U);
  EXPECT_EQ(Found()->trace.span_id, 3U);
}

TEST_F(TracedTest, AHistogramKeepsAnExemplar) {
  streamhouse_histogram_family family;
  ASSERT_EQ(streamhouse_add_histogram(registry_.get(), &options_, &bound_, 1, &family).code, STREAMHOUSE_OK);
  const streamhouse_histogram histogram = streamhouse_histogram_with(family, nullptr, nullptr, 0);
  streamhouse_histogram_observe_traced(histogram, 3, trace_);
  ASSERT_TRUE(Found());
  EXPECT_EQ(Found()->value, 3);
}

TEST_F(TracedTest, ATickHistogramKeepsAnExemplarInItsUnit) {
  streamhouse_tick_histogram_family family;
  ASSERT_EQ(streamhouse_add_tick_histogram(registry_.get(), &options_, &bound_, 1, 10, &family).code, STREAMHOUSE_OK);
  const streamhouse_tick_histogram histogram = streamhouse_tick_histogram_with(family, nullptr, nullptr, 0);
  streamhouse_tick_histogram_observe_traced(histogram, std::uint64_t{0} - 1, trace_);
  EXPECT_FALSE(Found());
  streamhouse_tick_histogram_observe_traced(histogram, 20, trace_);
  ASSERT_TRUE(Found());
  EXPECT_EQ(Found()->value, 2);
}

TEST_F(TracedTest, AnExponentialHistogramKeepsAnExemplar) {
  streamhouse_exponential_histogram_family family;
  ASSERT_EQ(streamhouse_add_exponential_histogram(registry_.get(), &options_, &bound_, 1, &family).code,
            STREAMHOUSE_OK);
  const auto histogram = streamhouse_exponential_histogram_with(family, nullptr, nullptr, 0);
  streamhouse_exponential_histogram_observe_traced(histogram, -1, trace_);
  EXPECT_FALSE(Found());
  streamhouse_exponential_histogram_observe_traced(histogram, 3, trace_);
  ASSERT_TRUE(Found());
  EXPECT_EQ(Found()->value, 3);
}

}  // namespace
}  // namespace streamhouse::metrics
