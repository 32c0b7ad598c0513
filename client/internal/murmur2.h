// Murmur2(): which partition a record with a key goes to when its sender does not say.
//
// It is Kafka's rule, (murmur2(key) & 0x7fffffff) mod partitions. So the same key lands in the same
// partition whether this client or Kafka's own Java client sent it. The partition changes when the
// number of partitions does. An empty key is a key.
// When to use something else: round_robin.h, for a record without a key; name the partition in
// Send().
// Guarantees: the partition of a key depends on the key and the number of partitions alone.
// Thread safety: pure functions.
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

}  // namespace streamhouse::client
