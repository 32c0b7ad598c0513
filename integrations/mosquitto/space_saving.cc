#include "integrations/mosquitto/space_saving.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;

// a * b modulo kPrime; a and b are below it.
std::uint64_t Multiply(std::uint64_t a, std::uint64_t b) {
  const Wide product = Wide{a} * b;
  const std::uint64_t sum = (static_cast<std::uint64_t>(product) & kPrime) + static_cast<std::uint64_t>(product >> 61);
  return sum >= kPrime ? sum - kPrime : sum;
}

}  // namespace

TextHash::TextHash() {
  std::random_device random;
  key_ = std::uniform_int_distribution<std::uint64_t>(1, kPrime - 1)(random);
}

// The text is a polynomial of its chunks, which is evaluated at the key.
std::size_t TextHash::operator()(std::string_view text) const noexcept {
  constexpr std::size_t kChunk = 7;  // bytes, so that a chunk is below kPrime
  std::uint64_t sum = Multiply(key_, text.size());
  for (std::size_t at = 0; at < text.size(); at += kChunk) {
    std::uint64_t chunk = 0;
    std::memcpy(&chunk, text.data() + at, std::min(kChunk, text.size() - at));
    sum += chunk;
    sum = Multiply(key_, sum >= kPrime ? sum - kPrime : sum);
  }
  return sum;
}

SpaceSaving::SpaceSaving(std::size_t capacity) : capacity_(capacity) {
  metrics::Check(capacity > 0, "SpaceSaving needs a capacity");
  items_.reserve(capacity);
  heap_.reserve(capacity);
  places_.reserve(capacity);
}

void SpaceSaving::Count(std::string_view text) {
  if (const auto found = index_.find(text); found != index_.end()) {
    ++items_[found->second].count;
    SiftDown(places_[found->second]);
    return;
  }
  // What may throw comes first.
  std::string copy(text);
  if (items_.size() < capacity_) {
    const std::size_t added = items_.size();
    index_.emplace(text, added);
    items_.push_back({.text = std::move(copy), .count = 1});
    heap_.push_back(added);
    places_.push_back(heap_.size() - 1);
    SiftUp(heap_.size() - 1);
    return;
  }
  const std::size_t replaced = heap_.front();
  Item& item = items_[replaced];
  index_.emplace(text, replaced);
  index_.erase(item.text);
  item.text = std::move(copy);
  item.error = item.count;
  ++item.count;
  SiftDown(0);
}

std::vector<SpaceSaving::Item> SpaceSaving::Items() const {
  std::vector<Item> sorted = items_;
  std::sort(sorted.begin(), sorted.end(), [](const Item& a, const Item& b) {
    return a.certain() != b.certain() ? a.certain() > b.certain() : a.text < b.text;
  });
  return sorted;
}

void SpaceSaving::Clear() {
  items_.clear();
  heap_.clear();
  places_.clear();
  index_.clear();
}

void SpaceSaving::SiftDown(std::size_t place) {
  while (true) {
    std::size_t smallest = place;
    for (const std::size_t child : {2 * place + 1, 2 * place + 2}) {
      if (child < heap_.size() && CountAt(child) < CountAt(smallest)) smallest = child;
    }
    if (smallest == place) return;
    Swap(place, smallest);
    place = smallest;
  }
}

void SpaceSaving::SiftUp(std::size_t place) {
  while (place > 0 && CountAt(place) < CountAt((place - 1) / 2)) {
    Swap(place, (place - 1) / 2);
    place = (place - 1) / 2;
  }
}

void SpaceSaving::Swap(std::size_t a, std::size_t b) {
  std::swap(heap_[a], heap_[b]);
  places_[heap_[a]] = a;
  places_[heap_[b]] = b;
}

}  // namespace streamhouse::mosquitto_plugin
