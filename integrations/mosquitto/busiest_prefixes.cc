#include "integrations/mosquitto/busiest_prefixes.h"

#include <algorithm>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

BusiestPrefixes::BusiestPrefixes(std::uint32_t places_max) : places_max_(places_max), index_(places_max) {
  metrics::Check(places_max > 0, "BusiestPrefixes needs a place");
  taken_.reserve(places_max);
}

BusiestPrefixes::Place* BusiestPrefixes::Count(std::string_view prefix) {
  const std::uint64_t hash = hash_(prefix);
  if (const auto* const found = index_.Find(hash, [&](std::uint32_t i) { return taken_[i].prefix == prefix; })) {
    Place& place = taken_[*found];
    ++place.messages;
    return &place;
  }
  if (taken_.size() == places_max_) {
    others_.Count(prefix, hash);
    return nullptr;
  }
  taken_.push_back({.prefix = std::string(prefix), .messages = 1});  // throws first, if at all
  index_.Add(hash, static_cast<std::uint32_t>(taken_.size() - 1));
  return &taken_.back();
}

std::vector<BusiestPrefixes::Place*> BusiestPrefixes::IdlestPlaces() {
  std::vector<Place*> places;
  places.reserve(taken_.size());
  for (Place& place : taken_) places.push_back(&place);
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(places.size(), kTakeoversMax + 1));
  // Of equal ones, the older place goes first.
  std::partial_sort(places.begin(), end, places.end(), [](const Place* a, const Place* b) {
    return a->messages != b->messages ? a->messages < b->messages : a < b;
  });
  places.erase(end, places.end());
  return places;
}

void BusiestPrefixes::TakeOver(Place& place, const std::string& prefix, const Replaced& replaced) {
  std::string now = prefix;  // throws first, if at all
  const auto number = static_cast<std::uint32_t>(&place - taken_.data());
  index_.Remove(hash_(place.prefix), number);
  index_.Add(hash_(now), number);
  const std::string before = std::exchange(place.prefix, std::move(now));
  replaced(place, before);
}

void BusiestPrefixes::EndPeriod(const Replaced& replaced) {
  const std::vector<Place*> idlest = IdlestPlaces();
  std::size_t taken_over = 0;
  std::unordered_set<std::string> winners;
  for (const SpaceSaving::Item& busy : others_.Items()) {
    // Once all places have changed hands, the busiest of them.
    Place& place = *idlest[std::min(taken_over, idlest.size() - 1)];
    if (busy.certain() < kTakeoverMessagesMin || busy.certain() <= 2 * place.messages) break;
    if (winners_.contains(busy.text) && taken_over < std::min(idlest.size(), kTakeoversMax)) {
      TakeOver(place, busy.text, replaced);
      ++taken_over;
    } else {
      winners.insert(busy.text);
    }
  }
  winners_ = std::move(winners);
  for (Place& place : taken_) place.messages = 0;
  others_.Clear();
}

}  // namespace streamhouse::mosquitto_plugin
