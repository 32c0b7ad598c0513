// ReadCountAndSum(), Advance(): read the count, the sum and the buckets of one thread's histogram
// so that they belong together, while it records.
//
// The owner writes bucket, sum, count, in this order. A count and a sum that are read next to each
// other belong together; buckets take longer. A reader reads the buckets up to kWholeAttempts
// times, until they add up to the count. If the owner is too fast for that, the reader reads the
// buckets before and after a count and sum. Advance() then gives each bucket a value that it had in
// between.
// Guarantees: the buckets of a reading add up to its count.
// Thread safety: any thread may read beside the owner.
// Cost: some loads.
#pragma once

#include <cstdint>
#include <span>

#include "metrics_core/internal/cells/cell.h"

namespace streamhouse::metrics::internal {

// Enough for an owner that records less often than an attempt takes.
inline constexpr int kWholeAttempts = 3;

struct CountAndSum {
  std::uint64_t count;
  std::uint64_t sum;
};

// The sum is that of the count, or has at most one observation more of each thread that writes
// these cells.
CountAndSum ReadCountAndSum(const Cell* run);

// Moves each bucket towards its value in `later`, all of them together by so many observations, and
// returns these.
std::uint64_t Advance(std::span<std::uint64_t> buckets, std::span<const std::uint64_t> later,
                      std::uint64_t observations);

}  // namespace streamhouse::metrics::internal
