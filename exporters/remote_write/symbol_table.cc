#include "exporters/remote_write/symbol_table.h"

#include <algorithm>
#include <cstring>
#include <protozero/types.hpp>
#include <random>

#include "exporters/encoding/protobuf_writer.h"

namespace streamhouse::exporters {
namespace {

constexpr ProtobufField kSymbols = 4;
constexpr std::size_t kPlacesMin = 256;

std::uint64_t RandomSeed() {
  std::random_device random;
  return std::uint64_t{random()} << 32U | random();
}

template <typename Word>
std::uint64_t Load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Both halves of the product: each bit of the result depends on all bits of both factors.
std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;

}  // namespace

SymbolTable::SymbolTable() : seed_(RandomSeed()), places_(kPlacesMin) {
  Clear();
}

void SymbolTable::Clear() {
  encoded_.clear();
  texts_.clear();
  std::fill(places_.begin(), places_.end(), Place());
  Add("");
}

std::uint32_t SymbolTable::Hash(std::string_view text) const {
  const char* from = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = seed_ ^ left;
  for (; left > 8; from += 8, left -= 8) hash = Mix(hash ^ Load<std::uint64_t>(from), kOdd);
  std::uint64_t tail = 0;
  if (left >= 4) {
    tail = Load<std::uint32_t>(from) << 32U | Load<std::uint32_t>(from + left - 4);
  } else if (left != 0) {
    tail = std::uint64_t{static_cast<unsigned char>(from[0])} << 16U |
           std::uint64_t{static_cast<unsigned char>(from[left / 2])} << 8U | static_cast<unsigned char>(from[left - 1]);
  }
  return static_cast<std::uint32_t>(Mix(hash ^ tail, kOdd));
}

bool SymbolTable::Is(std::uint32_t number, std::string_view text) const {
  const Text& known = texts_[number];
  return known.size == text.size() && std::memcmp(encoded_.data() + known.offset, text.data(), text.size()) == 0;
}

std::uint32_t SymbolTable::Intern(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint32_t hash = Hash(text);
  const std::size_t mask = places_.size() - 1;
  std::size_t place = hash & mask;
  for (; places_[place].number != 0; place = (place + 1) & mask) {
    if (places_[place].hash == hash && Is(places_[place].number, text)) return places_[place].number;
  }
  places_[place] = {.hash = hash, .number = Add(text)};
  const std::uint32_t number = places_[place].number;
  if (texts_.size() * 2 > places_.size()) Grow();
  return number;
}

std::uint32_t SymbolTable::Add(std::string_view text) {
  const std::size_t begin = encoded_.size();
  ProtobufSize size;
  PutString(size, kSymbols, text);
  encoded_.resize(begin + size.bytes());
  ProtobufWriter writer(encoded_.data() + begin);
  PutString(writer, kSymbols, text);
  texts_.push_back({.offset = static_cast<std::uint32_t>(encoded_.size() - text.size()),
                    .size = static_cast<std::uint32_t>(text.size())});
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

void SymbolTable::Grow() {
  std::vector<Place> larger(places_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const Place& known : places_) {
    if (known.number == 0) continue;
    std::size_t place = known.hash & mask;
    while (larger[place].number != 0) place = (place + 1) & mask;
    larger[place] = known;
  }
  places_ = std::move(larger);
}

}  // namespace streamhouse::exporters
