#include "integrations/mosquitto/text_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

#include "metrics_core/dcheck.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;
constexpr std::size_t kChunk = 7;  // bytes, so that a chunk is below kPrime

// `sum` modulo kPrime; it is at most twice kPrime.
std::uint64_t Reduce(std::uint64_t sum) {
  return sum >= kPrime ? sum - kPrime : sum;
}

// a * b modulo kPrime; a and b are below it.
std::uint64_t Multiply(std::uint64_t a, std::uint64_t b) {
  const Wide product = Wide{a} * b;
  return Reduce((static_cast<std::uint64_t>(product) & kPrime) + static_cast<std::uint64_t>(product >> 61));
}

template <typename Number>
std::uint64_t Load(const char* from) {
  Number number = 0;
  std::memcpy(&number, from, sizeof number);
  return number;
}

// The first `size` bytes as a number, at most kChunk of them. Loads overlap: both have the same
// bytes at the same place.
std::uint64_t LoadChunk(const char* from, std::size_t size) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest; swap the bytes here");
  if (size >= 4) return Load<std::uint32_t>(from) | Load<std::uint32_t>(from + size - 4) << (8 * (size - 4));
  if (size >= 2) return Load<std::uint16_t>(from) | Load<std::uint16_t>(from + size - 2) << (8 * (size - 2));
  return size == 1 ? Load<std::uint8_t>(from) : 0;
}

}  // namespace

TextHash::TextHash() {
  std::random_device random;
  key_ = std::uniform_int_distribution<std::uint64_t>(1, kPrime - 1)(random);
}

// The text is a polynomial of its chunks, which is evaluated at the key.
std::uint64_t TextHash::operator()(std::string_view text) const {
  const char* at = text.data();
  std::size_t rest = text.size();
  std::uint64_t sum = Multiply(key_, text.size());
  for (; rest > kChunk; at += kChunk, rest -= kChunk) sum = Multiply(key_, Reduce(sum + LoadChunk(at, kChunk)));
  return Multiply(key_, Reduce(sum + LoadChunk(at, rest)));
}

TextIndex::TextIndex(std::size_t size_max) {
  metrics::Check(size_max > 0 && size_max <= kSizeMax, "TextIndex needs a size from 1 to kSizeMax");
  places_.resize(std::bit_ceil(2 * size_max));
  mask_ = static_cast<std::uint32_t>(places_.size() - 1);
}

void TextIndex::Add(std::uint64_t hash, std::uint32_t number) {
  const auto tag = static_cast<std::uint32_t>(hash);
  std::uint32_t at = tag & mask_;
  while (places_[at].is_taken()) at = (at + 1) & mask_;
  places_[at] = {.tag = tag, .number = number};
  ++size_;
  // Invariant 1.
  metrics::DCheck([&] { return 2 * size_ <= places_.size(); }, "at most half of the places of an index are taken");
  // Invariant 2.
  metrics::DCheck([&] { return AreReachedFrom(at); }, "an added number is found from the place of its tag");
}

void TextIndex::Remove(std::uint64_t hash, std::uint32_t number) {
  std::uint32_t hole = static_cast<std::uint32_t>(hash) & mask_;
  while (places_[hole].number != number) hole = (hole + 1) & mask_;
  const std::uint32_t removed = hole;
  for (std::uint32_t at = (hole + 1) & mask_; places_[at].is_taken(); at = (at + 1) & mask_) {
    // What stands behind the hole moves there, unless its own place is behind the hole as well.
    const std::uint32_t from_own_place = (at - places_[at].tag) & mask_;
    if (from_own_place < ((at - hole) & mask_)) continue;
    places_[hole] = places_[at];
    hole = at;
  }
  places_[hole] = {};
  --size_;
  // Invariant 2.
  metrics::DCheck([&] { return AreReachedFrom(removed) && AreReachedFrom((hole + 1) & mask_); },
                  "what stood behind a removed number is found from the place of its tag");
}

void TextIndex::Clear() {
  std::fill(places_.begin(), places_.end(), Place());
  size_ = 0;
}

bool TextIndex::AreReachedFrom(std::uint32_t at) const {
  for (; places_[at].is_taken(); at = (at + 1) & mask_) {
    for (std::uint32_t before = places_[at].tag & mask_; before != at; before = (before + 1) & mask_) {
      if (!places_[before].is_taken()) return false;
    }
  }
  return true;
}

}  // namespace streamhouse::mosquitto_plugin
