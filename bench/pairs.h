// MeasurePairs: how one way to do a thing compares with another, from runs of both in turns.
//
// A pair is one run of each, back to back, so that what the machine does otherwise falls on both
// alike; which comes first alternates. A ratio is that of a pair; reported are the geometric mean
// of the ratios and its 95 % confidence interval.
// When to use something else: Google Benchmark alone, where no ratio of a few percent has to be
// proved.
// Guarantees: one run before the first pair, to warm up, is not counted.
// Thread safety: one thread.
// Cost: 2 * kPairs + 1 runs.
//
//   const Pairs pairs = MeasurePairs([&](Turn turn) { return Seconds(turn == Turn::kWith ? metrics : none); });
//   ReportRatio(state, pairs);
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace streamhouse::bench {

inline constexpr int kPairs = 15;
inline constexpr double kStudent95 = 2.145;  // of Student's distribution with kPairs - 1 degrees of freedom

enum class Turn : std::uint8_t { kWith, kWithout };

// What each run measured.
struct Pairs {
  std::vector<double> with = {};
  std::vector<double> without = {};
};

template <typename Measure>  // double(Turn)
Pairs MeasurePairs(const Measure& measure) {
  static_cast<void>(measure(Turn::kWith));
  Pairs pairs;
  for (int i = 0; i < kPairs; ++i) {
    const bool with_first = i % 2 == 0;
    const double first = measure(with_first ? Turn::kWith : Turn::kWithout);
    const double second = measure(with_first ? Turn::kWithout : Turn::kWith);
    pairs.with.push_back(with_first ? first : second);
    pairs.without.push_back(with_first ? second : first);
  }
  return pairs;
}

struct Interval {
  double mean = 0;
  double low = 0;
  double high = 0;
};

// Of with / without.
inline Interval MeanOfRatios(const Pairs& pairs) {
  std::vector<double> logarithms;
  for (int i = 0; i < kPairs; ++i) logarithms.push_back(std::log(pairs.with[i] / pairs.without[i]));
  double sum = 0;
  for (const double logarithm : logarithms) sum += logarithm;
  const double mean = sum / kPairs;
  double squares = 0;
  for (const double logarithm : logarithms) squares += (logarithm - mean) * (logarithm - mean);
  const double half_width = kStudent95 * std::sqrt(squares / (kPairs - 1) / kPairs);
  return {.mean = std::exp(mean), .low = std::exp(mean - half_width), .high = std::exp(mean + half_width)};
}

inline double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// As the counters ratio, ratio_low and ratio_high.
inline void ReportRatio(benchmark::State& state, const Pairs& pairs) {
  const Interval ratio = MeanOfRatios(pairs);
  state.counters["ratio"] = ratio.mean;
  state.counters["ratio_low"] = ratio.low;
  state.counters["ratio_high"] = ratio.high;
}

}  // namespace streamhouse::bench
