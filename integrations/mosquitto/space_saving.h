// SpaceSaving: which texts of a stream are frequent, in bounded memory.
//
// The algorithm of Metwally, Agrawal and El Abbadi (2005). A text that finds no room takes the
// place of the one with the smallest count. It takes over that count as its possible error.
//
// When to use something else: a map, where the number of texts is bounded.
// Guarantees, since the last Clear(), of a text in Items():
// 1. It was counted at least `count - error` times, and at most `count` times.
// 2. A text that was counted more than total / capacity times is in Items().
// Invariants:
// 1. heap_ holds each index of items_ once, and no item has a smaller count than the one above it.
// 2. places_[i] is where i stands in heap_.
// Thread safety: one thread.
// Cost: a look-up, and a sift in a heap: logarithmic in the capacity. A text that takes a place
// copies itself. Memory is bounded by the capacity and the longest text.
// Errors: std::bad_alloc, after which the text is not counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "integrations/mosquitto/text_index.h"

namespace streamhouse::mosquitto_plugin {

class SpaceSaving {
 public:
  struct Item {
    std::string text;
    std::uint64_t count = 0;
    std::uint64_t error = 0;
    std::uint64_t hash = 0;

    std::uint64_t certain() const { return count - error; }
  };

  // `capacity` is at least 1.
  explicit SpaceSaving(std::size_t capacity);

  // `hash` is that of the text, by one TextHash for all texts.
  void Count(std::string_view text, std::uint64_t hash);

  // The texts that are known, those with the most certain counts first.
  std::vector<Item> Items() const;

  void Clear();

 private:
  // Whether the invariants hold, of all items.
  bool IsInOrder() const;
  void SiftDown(std::size_t place);
  void SiftUp(std::size_t place);
  void Swap(std::size_t a, std::size_t b);
  std::uint64_t CountAt(std::size_t place) const { return items_[heap_[place]].count; }

  const std::size_t capacity_;
  std::vector<Item> items_;
  std::vector<std::size_t> heap_;
  std::vector<std::size_t> places_;
  TextIndex index_;  // the numbers are indices of items_
};

}  // namespace streamhouse::mosquitto_plugin
