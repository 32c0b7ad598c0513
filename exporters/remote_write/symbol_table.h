// SymbolTable: the texts of one remote-write request, each once, by their numbers.
//
// Guarantees: number 0 is the empty text. Equal texts have one number. encoded() is the field
// `symbols` of the request, in the order of the numbers.
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

namespace streamhouse::exporters {

class SymbolTable {
 public:
  // What a text adds to encoded() besides its own bytes, at most.
  static constexpr std::size_t kOverheadBytesMax = 6;

  SymbolTable();

  // Forgets all but the empty text.
  void Clear();

  std::uint32_t Intern(std::string_view text);

  std::string_view encoded() const { return {encoded_.data(), encoded_.size()}; }
  std::size_t size() const { return texts_.size(); }

 private:
  struct Place {
    std::uint32_t hash = 0;
    std::uint32_t number = 0;  // 0: free
  };
  struct Text {
    std::uint32_t offset;  // in encoded_
    std::uint32_t size;
  };

  std::uint32_t Hash(std::string_view text) const;
  bool Is(std::uint32_t number, std::string_view text) const;
  std::uint32_t Add(std::string_view text);
  void Grow();

  const std::uint64_t seed_;  // so that no client can choose values that collide
  std::vector<char> encoded_;
  std::vector<Text> texts_;
  std::vector<Place> places_;  // a power of two, at most half full
};

}  // namespace streamhouse::exporters
