#include "metrics_core/internal/series/series_table.h"

#include <functional>
#include <random>
#include <utility>

#include "metrics_core/dcheck.h"
#include "metrics_core/internal/series/label_text.h"

namespace streamhouse::metrics::internal {
namespace {

constexpr std::size_t kFirstIndexSize = 64;

// Different in every process, so that label values from outside cannot be chosen to collide.
std::uint64_t ProcessSeed() {
  static const std::uint64_t seed = [] {
    std::random_device random;
    return std::uint64_t{random()} << 32 | random();
  }();
  return seed;
}

}  // namespace

SeriesTable::SeriesTable(std::span<const std::string> label_names)
    : label_names_(label_names), seed_(ProcessSeed()), newest_index_(std::make_unique<SeriesIndex>(kFirstIndexSize)) {
  // Relaxed: no other thread knows the table yet.
  index_.store(newest_index_.get(), std::memory_order_relaxed);
  for (const std::string& name : label_names) {
    constexpr std::uint32_t kEqualsAndQuote = 2;
    const std::uint32_t comma = prefix_sizes_.empty() ? 0 : 1;
    prefix_sizes_.push_back(comma + static_cast<std::uint32_t>(name.size()) + kEqualsAndQuote);
  }
}

SeriesTable::~SeriesTable() {
  for (std::uint32_t number = 0; number < number_limit(); ++number) Series::FreeKey(At(number), label_names_.size());
}

const Series& SeriesTable::At(std::uint32_t number) const noexcept {
  const std::uint32_t level = std::bit_width(number / kFirstLevelSize + 1) - 1;
  const std::uint32_t first = kFirstLevelSize * ((1U << level) - 1);
  return levels_[level][number - first];
}

std::uint32_t SeriesTable::NumberOf(const Series& series) const noexcept {
  std::uint32_t first = 0;
  for (std::size_t level = 0;; ++level) {
    const std::uint32_t size = kFirstLevelSize << level;
    const Series* const begin = levels_[level].get();
    // Not pointer order alone, which is undefined between arrays.
    if (std::less_equal<>()(begin, &series) && std::less<>()(&series, begin + size)) {
      return first + static_cast<std::uint32_t>(&series - begin);
    }
    first += size;
  }
}

std::uint32_t SeriesTable::Insert(std::span<const std::string_view> values, Slot run) {
  if (newest_index_->IsFull()) Grow();
  // Invariant 1 of metrics_core/internal/series/series_index.h.
  DCheck([&] { return !newest_index_->IsFull(); }, "probing of the index ends");
  const std::uint32_t number = NewNumber();
  const std::string text = MakeLabelText(label_names_, values);
  auto& series = const_cast<Series&>(At(number));
  series.text_data = Series::MakeKey(values, text);
  series.text_size = static_cast<std::uint32_t>(text.size());
  series.run = run;
  key_bytes_ += KeyBytes(series);
  live_[number] = true;
  ++live_count_;
  hashes_[number] = Hash(values);
  newest_index_->Add(hashes_[number], series);
  return number;
}

void SeriesTable::Erase(std::uint32_t number) {
  // Invariant 2.
  DCheck([&] { return live_[number]; }, "only a live series is erased");
  newest_index_->Erase(hashes_[number], At(number));
  live_[number] = false;
  --live_count_;
}

void SeriesTable::Recycle(std::uint32_t number) {
  // Invariant 2.
  DCheck([&] { return !live_[number]; }, "only an erased series is recycled");
  auto& series = const_cast<Series&>(At(number));
  key_bytes_ -= KeyBytes(series);
  Series::FreeKey(series, label_names_.size());
  series = {};
  recycled_.push_back(number);
}

std::size_t SeriesTable::KeyBytes(const Series& series) const {
  return label_names_.size() * sizeof(std::uint16_t) + series.text_size;
}

std::size_t SeriesTable::memory_bytes() const {
  return key_bytes_ + number_limit() * (sizeof(Series) + sizeof(hashes_[0])) + newest_index_->memory_bytes();
}

std::vector<std::unique_ptr<const SeriesIndex>> SeriesTable::TakeOutgrown() {
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
  if (levels_[level] == nullptr) levels_[level] = std::make_unique<Series[]>(kFirstLevelSize << level);
  live_.push_back(false);
  hashes_.push_back(0);
  return number;
}

void SeriesTable::Grow() {
  std::size_t size = kFirstIndexSize;
  while (size < std::size_t{live_count_ + 1} * 4) size *= 2;
  auto grown = std::make_unique<SeriesIndex>(size);
  for (std::uint32_t number = 0; number < number_limit(); ++number) {
    if (live_[number]) grown->Add(hashes_[number], At(number));
  }
  // Release: pairs with the acquire in Find.
  index_.store(grown.get(), std::memory_order_release);
  outgrown_.push_back(std::exchange(newest_index_, std::move(grown)));
}

}  // namespace streamhouse::metrics::internal
