#include "apps/top/rates.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace streamhouse::apps {

std::optional<double> Rate(std::optional<double> before, std::optional<double> now, double seconds) {
  if (!before || !now || !std::isfinite(*before) || !std::isfinite(*now) || !(seconds > 0)) return std::nullopt;
  return std::max(0.0, *now < *before ? *now : *now - *before) / seconds;
}

std::optional<std::vector<double>> BucketsBetween(const CumulativeBuckets& before, const CumulativeBuckets& now) {
  constexpr double kNoBound = std::numeric_limits<double>::infinity();
  if (before.bounds != now.bounds || now.bounds.empty() || now.bounds.back() != kNoBound) return std::nullopt;
  const bool has_begun_again = now.counts.back() < before.counts.back();
  std::vector<double> counts;
  double below = 0;
  for (std::size_t i = 0; i < now.counts.size(); ++i) {
    const double up_to_here = now.counts[i] - (has_begun_again ? 0 : before.counts[i]);
    if (!std::isfinite(up_to_here)) return std::nullopt;
    counts.push_back(std::max(0.0, up_to_here - below));
    below = up_to_here;
  }
  return counts;
}

std::optional<double> Quantile(double q, std::span<const double> bounds, std::span<const double> counts) {
  double total = 0;
  for (const double count : counts) total += count;
  if (!(total > 0)) return std::nullopt;
  const double rank = q * total;
  double below = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0 && below + counts[i] >= rank) {
      if (std::isinf(bounds[i])) return i == 0 ? std::nullopt : std::optional<double>(bounds[i - 1]);
      const double lower = i == 0 ? std::min(0.0, bounds[0]) : bounds[i - 1];
      return lower + (bounds[i] - lower) * ((rank - below) / counts[i]);
    }
    below += counts[i];
  }
  return std::nullopt;
}

}  // namespace streamhouse::apps
