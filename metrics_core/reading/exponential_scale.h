// The scale of exponential histograms: from a value to the index of its bucket, at any resolution,
// and back.
//
// At schema s, bucket i holds the values in (2^((i-1)/2^s), 2^(i/2^s)]: each power of two is cut
// into 2^s buckets, or 2^-s powers of two share one. At schema 1, bucket 3 holds the values in (2,
// 2.83]. It is the scale of Prometheus' native histograms. OpenTelemetry's exponential histograms
// have the same buckets and number them one lower: their offset is first_index - 1, their scale is
// the schema.
// When to use something else: BucketBounds for buckets of a fixed list.
// Guarantees:
// 1. Bounds are those of Prometheus to the bit (exponential_table.h).
// 2. A bucket of a lower schema is a union of buckets of a higher one. So resolution can be reduced
//    exactly, and cannot be restored.
// Thread safety: pure functions.
// Cost: an index takes a table look-up and one comparison, no logarithm.
#pragma once

#include <bit>
#include <cstdint>

#include "metrics_core/reading/exponential_table.h"

namespace streamhouse::metrics {

// The range of Prometheus; a server of version 2 fails on queries of any other.
inline constexpr int kMaxExponentialSchema = 8;
inline constexpr int kMinExponentialSchema = -4;

namespace internal {

std::int32_t ExponentialIndexOfSubnormal(double value) noexcept;

}  // namespace internal

// The index of the bucket of a finite value above zero at kMaxExponentialSchema.
inline std::int32_t ExponentialIndex(double value) noexcept {
  constexpr std::int32_t kExponentBias = 1023;
  constexpr std::uint64_t kMantissaMask = (std::uint64_t{1} << internal::kMantissaBits) - 1;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto exponent = static_cast<std::int32_t>(bits >> internal::kMantissaBits);
  if (exponent == 0) [[unlikely]]
    return internal::ExponentialIndexOfSubnormal(value);
  const std::uint64_t mantissa = bits & kMantissaMask;
  const std::uint32_t first = internal::kFirstBounds[mantissa >> (internal::kMantissaBits - internal::kFirstBoundBits)];
  const std::uint32_t bound = first + static_cast<std::uint32_t>(internal::kBoundMantissas[first] < mantissa);
  return static_cast<std::int32_t>(bound) + (exponent - kExponentBias) * 256;
}

// The index at a schema that is `reduction` lower.
constexpr std::int32_t ReduceExponentialIndex(std::int32_t index, int reduction) noexcept {
  // An arithmetic shift rounds down, the bucket's upper bound up.
  return (index + (1 << reduction) - 1) >> reduction;
}

// The largest value of a bucket; that of the last one is the largest double.
double ExponentialUpperBound(std::int32_t index, int schema) noexcept;

}  // namespace streamhouse::metrics
