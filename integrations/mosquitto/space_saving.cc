#include "integrations/mosquitto/space_saving.h"

#include <algorithm>
#include <utility>

#include "metrics_core/dcheck.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

SpaceSaving::SpaceSaving(std::size_t capacity) : capacity_(capacity), index_(capacity) {
  metrics::Check(capacity > 0, "SpaceSaving needs a capacity");
  items_.reserve(capacity);
  heap_.reserve(capacity);
  places_.reserve(capacity);
}

void SpaceSaving::Count(std::string_view text, std::uint64_t hash) {
  if (const auto* const found = index_.Find(hash, [&](std::uint32_t i) { return items_[i].text == text; })) {
    ++items_[*found].count;
    SiftDown(places_[*found]);
    // Invariants 1 and 2.
    metrics::DCheck([&] { return IsInOrder(); }, "a repeated text keeps the heap in order");
    return;
  }
  if (items_.size() < capacity_) {
    const std::size_t added = items_.size();
    items_.push_back({.text = std::string(text), .count = 1, .error = 0, .hash = hash});  // throws first, if at all
    index_.Add(hash, static_cast<std::uint32_t>(added));
    heap_.push_back(added);
    places_.push_back(heap_.size() - 1);
    SiftUp(heap_.size() - 1);
    // Invariants 1 and 2.
    metrics::DCheck([&] { return IsInOrder(); }, "an added text keeps the heap in order");
    return;
  }
  const std::size_t replaced = heap_.front();
  Item& item = items_[replaced];
  item.text.assign(text);  // where this throws, the item is unchanged
  index_.Remove(item.hash, static_cast<std::uint32_t>(replaced));
  index_.Add(hash, static_cast<std::uint32_t>(replaced));
  item.hash = hash;
  item.error = item.count;
  ++item.count;
  SiftDown(0);
  // Invariants 1 and 2.
  metrics::DCheck([&] { return IsInOrder(); }, "a replaced text keeps the heap in order");
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
  index_.Clear();
}

bool SpaceSaving::IsInOrder() const {
  if (heap_.size() != items_.size() || places_.size() != items_.size()) return false;
  for (std::size_t place = 0; place < heap_.size(); ++place) {
    if (places_[heap_[place]] != place || CountAt(place) < CountAt(place == 0 ? 0 : (place - 1) / 2)) return false;
  }
  return true;
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
