#include "metrics_core/reading/exponential_scale.h"

#include <cmath>
#include <limits>

namespace streamhouse::metrics {

static_assert(internal::kBoundsPerPowerOfTwo == 1U << kMaxExponentialSchema);

namespace internal {

std::int32_t ExponentialIndexOfSubnormal(double value) noexcept {
  constexpr int kShift = 64;
  return ExponentialIndex(std::ldexp(value, kShift)) - kShift * static_cast<std::int32_t>(kBoundsPerPowerOfTwo);
}

}  // namespace internal

double ExponentialUpperBound(std::int32_t index, int schema) noexcept {
  // Both fit: an index is at most 2^11 powers of two at 2^8 buckets each.
  const std::int32_t finest = schema >= 0 ? index * (1 << (kMaxExponentialSchema - schema))
                                          : index * (1 << -schema) * (1 << kMaxExponentialSchema);
  const auto bound = static_cast<std::size_t>(finest & (static_cast<std::int32_t>(internal::kBoundsPerPowerOfTwo) - 1));
  const std::int32_t exponent = finest >> kMaxExponentialSchema;
  if (exponent > std::numeric_limits<double>::max_exponent - 1) return std::numeric_limits<double>::max();
  const double one_to_two = std::bit_cast<double>(std::bit_cast<std::uint64_t>(1.0) | internal::kBoundMantissas[bound]);
  return std::ldexp(one_to_two, exponent);
}

}  // namespace streamhouse::metrics
