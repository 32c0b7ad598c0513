// HashSeed(): a number that the hash tables of this process begin with, so that no client can
// choose texts that collide.
//
// Guarantees:
// 1. It is random for each start of a program, and one number until the process ends.
// 2. A child of fork has the seed of its parent, if the parent has asked for it before: tables that
//    the child inherits stay valid.
// 3. It is never shown, so a child with the same one gives nothing away.
// Thread safety: any thread.
// Cost: random numbers of the system, once.
#pragma once

#include <cstdint>
#include <random>

namespace streamhouse::exporters {

inline std::uint64_t HashSeed() {
  static const std::uint64_t kSeed = [] {
    std::random_device random;
    return std::uint64_t{random()} << 32U | random();
  }();
  return kSeed;
}

}  // namespace streamhouse::exporters
