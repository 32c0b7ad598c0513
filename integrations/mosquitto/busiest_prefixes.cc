#include "integrations/mosquitto/busiest_prefixes.h"

#include <algorithm>
#include <numeric>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

BusiestPrefixes::BusiestPrefixes(std::uint32_t places_max) : places_max_(places_max) {
  metrics::Check(places_max > 0, "BusiestPrefixes needs a place");
}

std::optional<std::uint32_t> BusiestPrefixes::Count(std::string_view prefix) {
  if (const auto found = index_.find(prefix); found != index_.end()) {
    ++taken_[found->second].messages;
    return found->second;
  }
  if (places() == places_max_) {
    others_.Count(prefix);
    return std::nullopt;
  }
  const std::uint32_t place = places();
  taken_.push_back({.prefix = std::string(prefix), .messages = 1});
  index_.emplace(prefix, place);
  return place;
}

void BusiestPrefixes::EndPeriod(const Replaced& replaced) {
  std::vector<std::uint32_t> idlest(taken_.size());
  std::iota(idlest.begin(), idlest.end(), 0U);
  std::stable_sort(idlest.begin(), idlest.end(),
                   [this](std::uint32_t a, std::uint32_t b) { return taken_[a].messages < taken_[b].messages; });
  auto next = idlest.begin();
  for (const SpaceSaving::Item& busy : others_.Items()) {
    if (next == idlest.end()) break;
    Place& place = taken_[*next];
    if (busy.certain() < kTakeoverMessagesMin || busy.certain() <= 2 * place.messages) break;
    replaced(*next, place.prefix, busy.text);
    index_.erase(place.prefix);
    place.prefix = busy.text;
    index_.emplace(busy.text, *next);
    ++next;
  }
  for (Place& place : taken_) place.messages = 0;
  others_.Clear();
}

}  // namespace streamhouse::mosquitto_plugin
