// Rate(), BucketsBetween() and Quantile(): what two readings of counters and histograms say about
// the time between them.
//
// Guarantees:
// 1. No rate is negative.
// 2. A counter that is lower than before began again at 0 in between: its process was started
//    again.
// 3. What is not known is nullopt, never 0.
// Thread safety: pure functions.
// Cost: linear in the buckets.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "apps/top/page_parser.h"

namespace streamhouse::apps {

// By the second. Nothing unless both values are known and finite, and time has passed.
std::optional<double> Rate(std::optional<double> before, std::optional<double> now, double seconds);

// How many observations fell into each bucket. Nothing where the bounds have changed, or no bucket
// is without an upper bound.
std::optional<std::vector<double>> BucketsBetween(const CumulativeBuckets& before, const CumulativeBuckets& now);

// The value below which the share `q` of the observations lies, by a straight line within its
// bucket, as Prometheus' histogram_quantile() has it. A value in the last bucket, which has no
// upper bound, is given as its lower bound. Nothing without observations.
//
//   Quantile(0.5, {1, 2, inf}, {2, 4, 0})  // 1.25: the third of six is the first of four between 1 and 2
std::optional<double> Quantile(double q, std::span<const double> bounds, std::span<const double> counts);

}  // namespace streamhouse::apps
