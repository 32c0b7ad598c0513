// TextHash, TextIndex: finds texts that clients choose, in a table of bounded size.
//
// The table holds numbers alone. The texts stay with the caller, beside what belongs to them, so
// that a look-up reads one place of the table and the text.
//
// When to use something else: std::unordered_map, where no look-up comes with each message.
// Guarantees:
// 1. A tag is the lower half of a hash. Two different texts of at most n bytes have the same tag
//    for at most (n / 7 + 2) of 2^31 keys. For 128 bytes that is 1 in 10^8.
// 2. The key is random, so that no client knows which texts have the same tag.
// Invariants:
// 1. At most half of the places of a TextIndex are taken, so that each look-up ends at a free one.
// 2. From the place that a tag names to the place where it stands, every place is taken.
// Thread safety: one thread.
// Cost: a hash, then one place of the table as a rule. Nothing allocates after construction.
//
//   TextIndex index(1'000);
//   index.Add(hash("a"), 0);
//   const std::uint32_t* found = index.Find(hash("a"), [&](std::uint32_t i) { return texts[i] == "a"; });
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace streamhouse::mosquitto_plugin {

class TextHash {
 public:
  TextHash();  // with a new key
  std::uint64_t operator()(std::string_view text) const;

 private:
  std::uint64_t key_;
};

class TextIndex {
 public:
  static constexpr std::size_t kSizeMax = std::size_t{1} << 31;

  // At most `size_max` numbers at a time, from 1 to kSizeMax.
  explicit TextIndex(std::size_t size_max);

  // The number with this hash that `is_meant`; null where there is none.
  template <typename IsMeant>
  const std::uint32_t* Find(std::uint64_t hash, const IsMeant& is_meant) const {
    const auto tag = static_cast<std::uint32_t>(hash);
    for (std::uint32_t at = tag & mask_; places_[at].is_taken(); at = (at + 1) & mask_) {
      if (places_[at].tag == tag && is_meant(places_[at].number)) return &places_[at].number;
    }
    return nullptr;
  }

  // `number` must not be in it, and must be below 2^32 - 1. There must be room.
  void Add(std::uint64_t hash, std::uint32_t number);
  // `number` was added with this hash.
  void Remove(std::uint64_t hash, std::uint32_t number);
  void Clear();

 private:
  static constexpr std::uint32_t kFree = 0xFFFF'FFFF;

  struct Place {
    std::uint32_t tag = 0;  // the lower half of the hash
    std::uint32_t number = kFree;

    bool is_taken() const { return number != kFree; }
  };

  // Whether invariant 2 holds for the place `at` and those behind it, up to a free one.
  bool AreReachedFrom(std::uint32_t at) const;

  std::vector<Place> places_;
  std::uint32_t mask_;
  std::size_t size_ = 0;  // how many places are taken
};

}  // namespace streamhouse::mosquitto_plugin
