#include "agent/log/damage_list.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace streamhouse::agent {

std::string Damage::ToString() const {
  const std::string which = lost.size() == 1
                                ? "offset " + std::to_string(lost.first)
                                : "offsets " + std::to_string(lost.first) + " to " + std::to_string(lost.next - 1);
  return which + " cannot be read: " + reason;
}

void DamageList::Note(const Damage& damage) {
  const auto known = Find(damage.lost.first);
  if (known && known->next >= damage.lost.next) return;
  new_.push_back(damage);
  if (known) new_.back().lost.first = known->next;
  const auto [entry, added] = ranges_.try_emplace(damage.lost.first, Entry{damage.lost.next, damage.reason});
  if (!added) entry->second.next = damage.lost.next;
  Merge(entry);
  if (ranges_.size() <= kDamagesMax) return;
  // A reader asks for the new one next.
  const bool is_lowest = ranges_.begin()->first == damage.lost.first;
  ranges_.erase(is_lowest ? std::prev(ranges_.end()) : ranges_.begin());
}

// With those around it that meet it.
void DamageList::Merge(std::map<std::uint64_t, Entry>::iterator entry) {
  if (entry != ranges_.begin() && std::prev(entry)->second.next >= entry->first) {
    const auto before = std::prev(entry);
    before->second.next = std::max(before->second.next, entry->second.next);
    ranges_.erase(entry);
    entry = before;
  }
  for (auto after = std::next(entry); after != ranges_.end() && after->first <= entry->second.next;) {
    entry->second.next = std::max(entry->second.next, after->second.next);
    after = ranges_.erase(after);
  }
}

std::optional<OffsetRange> DamageList::Find(std::uint64_t offset) const {
  const auto after = ranges_.upper_bound(offset);
  if (after == ranges_.begin()) return std::nullopt;
  const auto& [first, entry] = *std::prev(after);
  if (offset >= entry.next) return std::nullopt;
  return OffsetRange{.first = first, .next = entry.next};
}

std::uint64_t DamageList::CountIn(const OffsetRange& range) const {
  auto entry = ranges_.upper_bound(range.first);
  if (entry != ranges_.begin()) --entry;
  std::uint64_t count = 0;
  for (; entry != ranges_.end() && entry->first < range.next; ++entry) {
    const std::uint64_t first = std::max(entry->first, range.first);
    const std::uint64_t next = std::min(entry->second.next, range.next);
    if (next > first) count += next - first;
  }
  return count;
}

void DamageList::DropBelow(std::uint64_t start_offset) {
  while (!ranges_.empty() && ranges_.begin()->second.next <= start_offset) ranges_.erase(ranges_.begin());
}

std::vector<Damage> DamageList::TakeNew() {
  return std::exchange(new_, {});
}

Damage DamageList::First() const {
  const auto& [first, entry] = *ranges_.begin();
  return {.lost = {.first = first, .next = entry.next}, .reason = entry.reason};
}

}  // namespace streamhouse::agent
