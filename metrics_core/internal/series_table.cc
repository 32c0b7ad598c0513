#include "metrics_core/internal/series_table.h"

#include <bit>
#include <cstring>
#include <utility>

namespace streamhouse::metrics::internal {
namespace {

constexpr std::uint64_t kEmptyEntry = 0;
// Not empty, so that probing goes on, and no series, because a series' low half is its number plus one.
constexpr std::uint64_t kErasedEntry = std::uint64_t{1} << 32;
constexpr std::size_t kFirstIndexSize = 64;

std::uint32_t HashHalf(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}
std::uint32_t NumberPlusOne(std::uint64_t entry) {
  return static_cast<std::uint32_t>(entry);
}
std::uint64_t MakeEntry(std::uint64_t hash, std::uint32_t number) {
  return (hash & ~std::uint64_t{UINT32_MAX}) | (number + 1);
}

// Multiplies to 128 bits and folds, as wyhash does (Wang Yi, public domain).
std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <typename Word>
std::uint64_t Load(const char* p) {
  Word word;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

// Different in every process, so that label values from outside cannot be chosen to collide.
std::uint64_t Seed() {
  static const std::uint64_t seed = [] {
    const auto address = std::bit_cast<std::uint64_t>(new char);  // leaked: keeps the address unique and reachable
    return Mix(address ^ 0xA0761D6478BD642FU, 0xE7037ED1A0B428DBU);
  }();
  return seed;
}

std::uint64_t HashBytes(std::uint64_t hash, std::string_view bytes) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left > 16; p += 16, left -= 16) {
    hash = Mix(hash ^ Load<std::uint64_t>(p), 0x8EBC6AF09C88C6E3U ^ Load<std::uint64_t>(p + 8));
  }
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (left >= 8) {
    low = Load<std::uint64_t>(p);
    high = Load<std::uint64_t>(p + left - 8);
  } else if (left >= 4) {
    low = Load<std::uint32_t>(p);
    high = Load<std::uint32_t>(p + left - 4);
  } else if (left > 0) {
    low = static_cast<unsigned char>(p[0]) | std::uint64_t{static_cast<unsigned char>(p[left / 2])} << 8 |
          std::uint64_t{static_cast<unsigned char>(p[left - 1])} << 16;
  }
  return Mix(hash ^ low, (0x589965CC75374CC3U + bytes.size()) ^ high);
}

}  // namespace

class SeriesTable::Index {
 public:
  // `size` is a power of two.
  explicit Index(std::size_t size) : mask_(size - 1), entries_(new std::atomic<std::uint64_t>[size]()) {}

  std::uint64_t EntryAt(std::size_t i) const noexcept {
    // Acquire: pairs with the release in Put, so that the series behind the entry is visible.
    return entries_[i & mask_].load(std::memory_order_acquire);
  }

  void Put(std::size_t i, std::uint64_t entry) noexcept {
    // Release: pairs with the acquire in EntryAt.
    entries_[i & mask_].store(entry, std::memory_order_release);
  }

  // Puts a series where the probing for its hash first meets an empty entry.
  void Add(std::uint64_t hash, std::uint32_t number) noexcept {
    std::size_t i = hash;
    while (EntryAt(i) != kEmptyEntry) ++i;
    Put(i, MakeEntry(hash, number));
    ++used_;
  }

  void Erase(std::uint64_t hash, std::uint32_t number) noexcept {
    std::size_t i = hash;
    while (EntryAt(i) != MakeEntry(hash, number)) ++i;
    Put(i, kErasedEntry);
  }

  bool IsFull() const noexcept { return used_ * 2 > mask_; }

 private:
  const std::size_t mask_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> entries_;
  std::size_t used_ = 0;  // erased ones included; guarded by the family's lock
};

SeriesTable::SeriesTable(std::span<const std::string> label_names)
    : label_names_(label_names), index_(new Index(kFirstIndexSize)) {
  for (const std::string& name : label_names) {
    label_prefixes_.push_back((label_prefixes_.empty() ? "" : ",") + name + "=\"");
  }
}

SeriesTable::~SeriesTable() {
  for (std::uint32_t number = 0; number < number_limit(); ++number) delete[] At(number).text_data;
  // Relaxed: nobody else uses a table that is being destroyed.
  for (auto& level : levels_) delete[] level.load(std::memory_order_relaxed);
  delete index_.load(std::memory_order_relaxed);
}

std::uint32_t SeriesTable::Find(std::span<const std::string_view> values) const noexcept {
  const std::uint64_t hash = Hash(values);
  // Acquire: pairs with the release in Grow, so that the new index's entries are visible.
  const Index* const index = index_.load(std::memory_order_acquire);
  for (std::size_t i = hash;; ++i) {
    const std::uint64_t entry = index->EntryAt(i);
    if (entry == kEmptyEntry) return kNotFound;
    if (HashHalf(entry) != HashHalf(hash) || NumberPlusOne(entry) == 0) continue;
    const std::uint32_t number = NumberPlusOne(entry) - 1;
    if (Matches(At(number), values)) return number;
  }
}

const Series& SeriesTable::At(std::uint32_t number) const noexcept {
  return MutableAt(number);
}

Series& SeriesTable::MutableAt(std::uint32_t number) const noexcept {
  const std::uint32_t level = std::bit_width(number / kFirstLevelSize + 1) - 1;
  const std::uint32_t first = kFirstLevelSize * ((1U << level) - 1);
  // Relaxed: whoever has a number got it from an entry, whose acquire brings the level along.
  return levels_[level].load(std::memory_order_relaxed)[number - first];
}

std::uint32_t SeriesTable::Insert(std::span<const std::string_view> values, std::string_view text, Slot run) {
  // Relaxed: only holders of the family's lock write it.
  if (index_.load(std::memory_order_relaxed)->IsFull()) Grow();
  const std::uint32_t number = NewNumber();
  MutableAt(number) = {text.data(), static_cast<std::uint32_t>(text.size()), run};
  hashes_[number] = Hash(values);
  live_[number] = true;
  ++live_count_;
  // Relaxed: as above; the entry itself is published by Put.
  index_.load(std::memory_order_relaxed)->Add(hashes_[number], number);
  return number;
}

void SeriesTable::Erase(std::uint32_t number) {
  // Relaxed: only holders of the family's lock write it.
  index_.load(std::memory_order_relaxed)->Erase(hashes_[number], number);
  live_[number] = false;
  --live_count_;
}

void SeriesTable::Recycle(std::uint32_t number) {
  Series& series = MutableAt(number);
  delete[] series.text_data;
  series = {};
  recycled_.push_back(number);
}

std::vector<std::shared_ptr<const SeriesTable::Index>> SeriesTable::TakeOutgrown() {
  return std::exchange(outgrown_, {});
}

std::uint32_t SeriesTable::NewNumber() {
  if (!recycled_.empty()) {
    const std::uint32_t number = recycled_.back();
    recycled_.pop_back();
    return number;
  }
  const std::uint32_t number = number_limit();
  const std::uint32_t level = std::bit_width(number / kFirstLevelSize + 1) - 1;
  // Relaxed, both: only holders of the family's lock write it, and a reader comes by an entry that Put releases.
  if (levels_[level].load(std::memory_order_relaxed) == nullptr) {
    levels_[level].store(new Series[kFirstLevelSize << level](), std::memory_order_relaxed);
  }
  live_.push_back(false);
  hashes_.push_back(0);
  return number;
}

void SeriesTable::Grow() {
  std::size_t size = kFirstIndexSize;
  while (size < std::size_t{live_count_ + 1} * 4) size *= 2;
  auto grown = std::make_unique<Index>(size);
  for (std::uint32_t number = 0; number < number_limit(); ++number) {
    if (live_[number]) grown->Add(hashes_[number], number);
  }
  // Release: pairs with the acquire in Find.
  outgrown_.emplace_back(index_.exchange(grown.release(), std::memory_order_acq_rel));
}

std::uint64_t SeriesTable::Hash(std::span<const std::string_view> values) const noexcept {
  std::uint64_t hash = Seed();
  for (const std::string_view value : values) hash = HashBytes(hash, value);
  return hash;
}

// Compares with the label text piece by piece, undoing its escapes.
bool SeriesTable::Matches(const Series& series, std::span<const std::string_view> values) const noexcept {
  std::string_view text = series.text();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!text.starts_with(label_prefixes_[i])) return false;
    text.remove_prefix(label_prefixes_[i].size());
    std::string_view value = values[i];
    while (!value.empty() && !text.empty() && text.front() != '"') {
      const bool escaped = text.front() == '\\';
      if (escaped) text.remove_prefix(1);
      const char meant = escaped && text.front() == 'n' ? '\n' : text.front();
      if (meant != value.front()) return false;
      text.remove_prefix(1);
      value.remove_prefix(1);
    }
    if (!value.empty() || !text.starts_with('"')) return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace streamhouse::metrics::internal
