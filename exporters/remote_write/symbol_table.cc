#include "exporters/remote_write/symbol_table.h"

#include <algorithm>
#include <protozero/types.hpp>

#include "exporters/encoding/protobuf_writer.h"
#include "exporters/remote_write/hash_seed.h"

namespace streamhouse::exporters {
namespace {

constexpr ProtobufField kSymbols = 4;
constexpr std::size_t kEntriesMin = 256;

}  // namespace

SymbolTable::SymbolTable() : seed_(HashSeed()), entries_(kEntriesMin) {
  Clear();
}

void SymbolTable::Clear() {
  encoded_.clear();
  offsets_.clear();
  std::fill(entries_.begin(), entries_.end(), Entry());
  Add("");
}

std::uint32_t SymbolTable::InternNew(std::string_view text, std::uint64_t word) {
  const std::uint32_t number = Add(text);
  Put({.word = word, .size = static_cast<std::uint32_t>(text.size()), .number = number});
  if (offsets_.size() * 2 > entries_.size()) Grow();
  return number;
}

std::uint32_t SymbolTable::Add(std::string_view text) {
  const std::size_t begin = encoded_.size();
  ProtobufSize size;
  PutString(size, kSymbols, text);
  encoded_.resize(begin + size.bytes());
  ProtobufWriter writer(encoded_.data() + begin);
  PutString(writer, kSymbols, text);
  offsets_.push_back(static_cast<std::uint32_t>(encoded_.size() - text.size()));
  return static_cast<std::uint32_t>(offsets_.size() - 1);
}

void SymbolTable::Put(const Entry& entry) {
  const std::size_t mask = entries_.size() - 1;
  std::size_t i = Begin(entry.word, entry.size) & mask;
  while (entries_[i].number != 0) i = (i + 1) & mask;
  entries_[i] = entry;
}

void SymbolTable::Grow() {
  std::vector<Entry> known(entries_.size() * 2);
  known.swap(entries_);
  for (const Entry& entry : known) {
    if (entry.number != 0) Put(entry);
  }
}

}  // namespace streamhouse::exporters
