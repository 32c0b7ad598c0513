// RoundRobin: which partition a record without a key goes to when its sender does not say: each in
// turn, starting at partition 0.
//
// When to use something else: murmur2.h, for a record with a key.
// Guarantees: of N records, any two of the P partitions get numbers that differ by at most 1.
// Thread safety: it belongs to one thread or lock.
// Cost: an addition.
#pragma once

#include <cstdint>

namespace streamhouse::client {

class RoundRobin {
 public:
  // In [0, partitions); at least one partition, and the number may grow from call to call.
  std::uint32_t Next(std::uint32_t partitions) {
    const std::uint32_t chosen = next_ < partitions ? next_ : 0;
    next_ = chosen + 1;
    return chosen;
  }

 private:
  std::uint32_t next_ = 0;
};

}  // namespace streamhouse::client
