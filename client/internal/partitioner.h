// Murmur2 and RoundRobin: which partition a record goes to when its sender does not say.
//
// - With a key: Kafka's rule, (murmur2(key) & 0x7fffffff) mod partitions, so that the same key
//   lands in the same partition whether this client or Kafka's own Java client sent it. It changes
//   when the number of partitions does.
// - Without one: strict round-robin, starting at partition 0. An empty key is a key.
// When to use something else: name the partition in Send().
// Guarantees:
// 1. The partition of a key depends on the key and the number of partitions alone.
// 2. Of N records without a key, any two of the P partitions get numbers that differ by at most 1.
// Thread safety: the functions are pure; a RoundRobin belongs to one thread or lock.
// Cost: a few multiplications for four bytes of key; no allocation.
#pragma once

#include <cstdint>
#include <string_view>

namespace streamhouse::client {

// The 32-bit MurmurHash2 with Kafka's seed, as org.apache.kafka.common.utils.Utils.murmur2 computes
// it.
std::uint32_t Murmur2(std::string_view bytes);

// In [0, partitions); at least one partition.
inline std::uint32_t PartitionOfKeyHash(std::uint32_t murmur2, std::uint32_t partitions) {
  constexpr std::uint32_t kPositive = 0x7fffffff;
  return (murmur2 & kPositive) % partitions;
}

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
