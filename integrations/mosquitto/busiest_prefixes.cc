#include "integrations/mosquitto/busiest_prefixes.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

BusiestPrefixes::BusiestPrefixes(std::uint32_t places_max) : places_max_(places_max) {
  metrics::Check(places_max > 0, "BusiestPrefixes needs a place");
  taken_.reserve(places_max);
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
  std::string copy(prefix);
  index_.emplace(prefix, place);
  taken_.push_back({.prefix = std::move(copy), .messages = 1});  // has room: does not throw
  return place;
}

void BusiestPrefixes::EndPeriod(const Replaced& replaced) {
  std::vector<std::uint32_t> idlest(taken_.size());
  std::iota(idlest.begin(), idlest.end(), 0U);
  std::stable_sort(idlest.begin(), idlest.end(),
                   [this](std::uint32_t a, std::uint32_t b) { return taken_[a].messages < taken_[b].messages; });
  auto next = idlest.begin();
  const auto last = next + static_cast<std::ptrdiff_t>(std::min(idlest.size(), kTakeoversMax));
  TextSet winners;
  for (const SpaceSaving::Item& busy : others_.Items()) {
    if (next == last) break;
    Place& place = taken_[*next];
    if (busy.certain() < kTakeoverMessagesMin || busy.certain() <= 2 * place.messages) break;
    if (!winners_.contains(busy.text)) {
      winners.insert(busy.text);
      continue;
    }
    std::string now = busy.text;
    index_.emplace(now, *next);
    index_.erase(place.prefix);
    const std::string before = std::exchange(place.prefix, std::move(now));
    replaced(*next, before, place.prefix);
    ++next;
  }
  winners_ = std::move(winners);
  for (Place& place : taken_) place.messages = 0;
  others_.Clear();
}

}  // namespace streamhouse::mosquitto_plugin
