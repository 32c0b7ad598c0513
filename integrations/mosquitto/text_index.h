// TextHash, TextIndex: finds texts that clients choose, in a table of bounded size.
//
// The table holds numbers alone. The texts stay with the caller, beside what belongs to them, so
// that a look-up reads one place of the table and the text.
//
// When to use something else: std::unordered_map, where no look-up comes with each message.
// Guarantees:
// 1. Two texts of n bytes have the same tag with a chance of about n / 2^35.
// 2. The key is random, so that no client knows which texts these are.
// Thread safety: one thread.
// Cost: a hash, then one place of the table as a rule. Nothing allocates after construction.
//
//   TextIndex index(1'000);
//   index.Add(hash("a"), 0);
//   const std::uint32_t* found = index.Find(hash("a"), [&](std::uint32_t i) { return texts[i] == "a"; });
#pragma once

#include <bit>
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
  // At most `size_max` numbers at a time.
  explicit TextIndex(std::size_t size_max)
      : places_(std::bit_ceil(2 * size_max)), mask_(static_cast<std::uint32_t>(places_.size() - 1)) {}

  // The number with this hash that `is_meant`; null where there is none.
  template <typename IsMeant>
  const std::uint32_t* Find(std::uint64_t hash, const IsMeant& is_meant) const {
    const auto tag = static_cast<std::uint32_t>(hash);
    for (std::uint32_t at = tag & mask_; places_[at].is_taken(); at = (at + 1) & mask_) {
      if (places_[at].tag == tag && is_meant(places_[at].number)) return &places_[at].number;
    }
    return nullptr;
  }

  // `number` must not be in it, and must be below 2^32 - 1.
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

  // Invariant: from the place that a tag names to where it stands, every place is taken. At least
  // half of all places are free.
  std::vector<Place> places_;
  std::uint32_t mask_;
};

}  // namespace streamhouse::mosquitto_plugin
