// What the benches of recordings record: values and label values that are neither constant nor
// predictable.
//
// Guarantees: the same values in every run.
// Thread safety: pure functions.
// Cost: at set-up only.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace streamhouse::bench {

// More than the branch predictor and the fastest cache can learn by heart, few enough for the
// second-level cache.
inline constexpr std::size_t kValues = 4096;

// Spread evenly over the orders of magnitude from 0.5 ms to 16 s.
inline std::vector<double> LogSpreadSeconds() {
  std::minstd_rand random(1);
  std::uniform_real_distribution<double> exponent(std::log(0.0005), std::log(16.0));
  std::vector<double> values(kValues);
  for (double& value : values) value = std::exp(exponent(random));
  return values;
}

struct SeriesKey {
  std::string topic;
  std::string partition;
};

inline std::vector<SeriesKey> SeriesKeys(int count, int partitions_per_topic) {
  std::vector<SeriesKey> keys;
  keys.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    keys.push_back({.topic = "orders-" + std::to_string(i / partitions_per_topic),
                    .partition = std::to_string(i % partitions_per_topic)});
  }
  return keys;
}

// Indices below `count`.
inline std::vector<std::uint16_t> RandomOrder(std::size_t count) {
  std::minstd_rand random(1);
  std::vector<std::uint16_t> order(kValues);
  for (std::uint16_t& which : order) which = static_cast<std::uint16_t>(random() % count);
  return order;
}

}  // namespace streamhouse::bench
