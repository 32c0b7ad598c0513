#include "agent/log/log_openings.h"

#include <algorithm>
#include <random>
#include <utility>

#include "metrics_core/dcheck.h"

namespace streamhouse::agent {
namespace {

std::uint32_t PlaceOf(std::uint64_t id) {
  return static_cast<std::uint32_t>(id >> 32);
}

// Among random numbers of 32 bits, two openings at the same place that draw the same one are not
// expected.
std::uint64_t DrawId(std::uint32_t place) {
  std::random_device random;
  return std::uint64_t{place} << 32 | std::uniform_int_distribution<std::uint32_t>()(random);
}

// Invariant 3.
bool Rise(const std::vector<LogOpening>& openings) {
  const auto is_out_of_order = [](const LogOpening& one, const LogOpening& next) {
    return one.end_offset >= next.end_offset || PlaceOf(one.id) >= PlaceOf(next.id);
  };
  return std::adjacent_find(openings.begin(), openings.end(), is_out_of_order) == openings.end();
}

}  // namespace

LogOpenings::LogOpenings(std::vector<LogOpening> earlier, std::uint64_t end_offset)
    : earlier_(std::move(earlier)),
      current_{.id = DrawId(earlier_.empty() ? 1 : PlaceOf(earlier_.back().id) + 1), .end_offset = end_offset} {}

std::uint64_t LogOpenings::LowestEndSince(std::uint64_t id) const {
  std::uint64_t lowest = current_.end_offset;
  if (id == 0 || id == current_.id) return lowest;
  const bool is_unknown = PlaceOf(id) > PlaceOf(current_.id);
  for (const LogOpening& opening : earlier_) {
    // At the same place, the one with another id came later: see invariant 2.
    const bool is_later = PlaceOf(opening.id) >= PlaceOf(id) && opening.id != id;
    if (is_unknown || is_later) lowest = std::min(lowest, opening.end_offset);
  }
  return lowest;
}

std::vector<LogOpening> LogOpenings::stored() const {
  std::vector<LogOpening> openings = earlier_;
  while (!openings.empty() && openings.back().end_offset >= current_.end_offset) openings.pop_back();
  openings.push_back(current_);
  // Invariant 3.
  metrics::DCheck([&] { return Rise(openings); }, "places and ends of openings rise");
  if (openings.size() <= kEarlierOpeningsMax) return openings;
  // The two oldest become one, at the place of the later and with the end of the earlier one.
  openings[1].end_offset = openings[0].end_offset;
  openings.erase(openings.begin());
  // Invariant 3.
  metrics::DCheck([&] { return Rise(openings) && openings.size() <= kEarlierOpeningsMax; },
                  "two openings that become one rise as before");
  return openings;
}

}  // namespace streamhouse::agent
