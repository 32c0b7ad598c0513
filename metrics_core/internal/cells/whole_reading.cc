#include "metrics_core/internal/cells/whole_reading.h"

#include <algorithm>

namespace streamhouse::metrics::internal {
namespace {

// Two loads beside each other: an owner would have to complete an observation between them, so many
// times in a row.
constexpr int kPairAttempts = 64;

}  // namespace

CountAndSum ReadCountAndSum(const Cell* run) {
  CountAndSum read{};
  // Acquire: pairs with the release of the count in Observe; the sums and buckets of these
  // observations are visible.
  std::uint64_t count = run[kCountCell].load(std::memory_order_acquire);
  for (int attempt = 0; attempt < kPairAttempts; ++attempt) {
    read.count = count;
    // Acquire: pairs with the release of the sum in Observe; the buckets of these observations are
    // visible.
    read.sum = run[kSumCell].load(std::memory_order_acquire);
    // Acquire: as the first time, for the next round.
    count = run[kCountCell].load(std::memory_order_acquire);
    if (count == read.count) break;
  }
  return read;
}

std::uint64_t Advance(std::span<std::uint64_t> buckets, std::span<const std::uint64_t> later,
                      std::uint64_t observations) {
  std::uint64_t left = observations;
  for (std::size_t i = 0; i < buckets.size() && left > 0; ++i) {
    const std::uint64_t growth = std::min(later[i] - buckets[i], left);
    buckets[i] += growth;
    left -= growth;
  }
  return observations - left;
}

}  // namespace streamhouse::metrics::internal
