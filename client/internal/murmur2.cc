#include "client/internal/murmur2.h"

#include <cstddef>

namespace streamhouse::client {
namespace {

constexpr std::uint32_t kSeed = 0x9747b28c;
constexpr std::uint32_t kMultiplier = 0x5bd1e995;
constexpr int kRotation = 24;

std::uint32_t ByteAt(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::uint32_t LittleEndianAt(std::string_view bytes, std::size_t i) {
  return ByteAt(bytes, i) | ByteAt(bytes, i + 1) << 8 | ByteAt(bytes, i + 2) << 16 | ByteAt(bytes, i + 3) << 24;
}

}  // namespace

std::uint32_t Murmur2(std::string_view bytes) {
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    std::uint32_t word = LittleEndianAt(bytes, i) * kMultiplier;
    word ^= word >> kRotation;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
  }
  if (i < bytes.size()) {
    for (std::size_t rest = bytes.size() - i; rest > 0; --rest) hash ^= ByteAt(bytes, i + rest - 1) << 8 * (rest - 1);
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ hash >> 15;
}

}  // namespace streamhouse::client
