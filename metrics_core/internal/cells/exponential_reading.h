// ExponentialReading: the buckets of an exponential histogram over any number of threads, of one
// resolution.
//
// When to use something else: cell_reader.h, for histograms with fixed buckets.
// Guarantees:
// 1. There are no holes between the first bucket and the last.
// 2. The count is the sum of the buckets and of the zeros.
// Thread safety: Add() may read beside the owner of the cells; a reading belongs to one thread.
// Cost: a walk over the cells of each thread; memory is used again after Clear().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/exponential_layout.h"
#include "metrics_core/reading/exponential_scale.h"

namespace streamhouse::metrics::internal {

struct ExponentialReading {
  // As new, but with memory.
  void Clear();

  // Adds one thread's cells.
  void Add(const Cell* run);

  // Gives up resolution until at most kExponentialBuckets buckets are left.
  void Shrink();

  int schema = kMaxExponentialSchema;
  std::int32_t first_index = 0;
  std::vector<std::uint64_t> buckets;
  std::uint64_t zero_count = 0;
  std::uint64_t count = 0;  // == zero_count and the sum of the buckets
  double sum = 0;

 private:
  // Reads the zeros and the window; false if the layout is not this one any more.
  static bool ReadOwn(const Cell* run, ExponentialLayout layout, std::span<std::uint64_t> own);
  void Reduce(int to_schema);
  void Include(std::int32_t index);

  std::vector<std::uint64_t> scratch_;  // one thread's zeros and window, twice
};

}  // namespace streamhouse::metrics::internal
