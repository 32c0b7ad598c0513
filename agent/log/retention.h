// Retention: how long the records of a topic are kept at least.
//
// When to use something else: nothing; a topic without limits keeps everything.
// Guarantees:
// 1. Whole segments go, from the start of the log; never the one that is being written.
// 2. The log keeps more than the limits say: up to a segment, and up to the interval at which they
//    are applied.
// Thread safety: a value.
// Cost: a copy of two numbers.
#pragma once

#include <chrono>
#include <cstdint>

namespace streamhouse::agent {

struct Retention {
  std::chrono::milliseconds age_max{0};  // since the records were appended; 0: without limit
  std::uint64_t bytes_max = 0;           // of one partition's segments; 0: without limit

  friend bool operator==(const Retention&, const Retention&) = default;
};

}  // namespace streamhouse::agent
