// SymbolTable: the texts of one remote-write request, each once, by their numbers.
//
// Guarantees:
// 1. Number 0 is the empty text.
// 2. Equal texts have one number.
// 3. encoded() is the field `symbols` of the request, in the order of the numbers.
// Thread safety: one thread at a time.
// Cost: a look-up is a hash of the text, and a comparison with the text found. Memory is kept by
// Clear(): it is that of the largest request so far.
//
//   SymbolTable symbols;
//   const std::uint32_t topic = symbols.Intern("topic");  // 1
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "exporters/encoding/short_text.h"

namespace streamhouse::exporters {

class SymbolTable {
 public:
  // What a text adds to encoded() besides its own bytes, at most.
  static constexpr std::size_t kOverheadBytesMax = 6;

  SymbolTable();

  // Forgets all but the empty text.
  void Clear();

  [[gnu::always_inline]] std::uint32_t Intern(std::string_view text) {
    if (text.empty()) return 0;
    const std::uint64_t word = WordOf(text, seed_);
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = Begin(word, text.size()) & mask; entries_[i].number != 0; i = (i + 1) & mask) {
      const Entry& entry = entries_[i];
      if (entry.word != word || entry.size != text.size()) continue;
      if (text.size() <= kWordBytes || Is(entry.number, text)) return entry.number;
    }
    return InternNew(text, word);
  }

  std::string_view encoded() const { return {encoded_.data(), encoded_.size()}; }
  std::size_t size() const { return offsets_.size(); }

 private:
  struct Entry {
    std::uint64_t word = 0;    // WordOf() the text
    std::uint32_t size = 0;    // of the text
    std::uint32_t number = 0;  // 0: the entry is free
  };

  // Of a text of the same size.
  bool Is(std::uint32_t number, std::string_view text) const {
    return AreSame(encoded_.data() + offsets_[number], text.data(), text.size());
  }
  // The first entry to look for a text.
  std::size_t Begin(std::uint64_t word, std::size_t size) const { return MixWord(word ^ seed_ ^ size); }
  std::uint32_t InternNew(std::string_view text, std::uint64_t word);
  std::uint32_t Add(std::string_view text);
  void Put(const Entry& entry);
  void Grow();

  const std::uint64_t seed_;  // so that no client can choose values that collide
  std::vector<char> encoded_;
  std::vector<std::uint32_t> offsets_;  // of the texts in encoded_
  std::vector<Entry> entries_;          // a power of two, at most half full
};

}  // namespace streamhouse::exporters
