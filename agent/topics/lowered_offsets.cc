#include "agent/topics/lowered_offsets.h"

#include <algorithm>
#include <map>
#include <vector>

#include "agent/base/operator_log.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

namespace {

OffsetFilter FilterFor(std::span<const LogEnd> ends) {
  const TopicId first = ends.front().topic_id;
  const bool is_one = std::all_of(ends.begin(), ends.end(), [&](const LogEnd& end) { return end.topic_id == first; });
  return is_one ? OffsetFilter{.topic_id = first} : OffsetFilter{};
}

}  // namespace

Result<std::size_t> LowerOffsets(MetadataStore& store, std::span<const LogEnd> ends) {
  if (ends.empty()) return std::size_t{0};
  auto all = store.ListCommittedOffsets(FilterFor(ends));
  if (!all.ok()) return all.status();
  std::map<TopicIdPartition, const LogEnd*> end_of;
  for (const LogEnd& end : ends) {
    end_of.emplace(TopicIdPartition{.topic_id = end.topic_id, .partition = end.name.partition}, &end);
  }
  std::erase_if(*all, [&](const CommittedOffset& committed) {
    const auto end = end_of.find(committed.partition);
    return end == end_of.end() || committed.offset <= end->second->end_offset;
  });
  if (all->empty()) return std::size_t{0};
  std::vector<OffsetChange> changes;
  for (const CommittedOffset& committed : *all) {
    changes.push_back({.group = committed.group,
                       .partition = committed.partition,
                       .offset = end_of.find(committed.partition)->second->end_offset,
                       .member_id = committed.member_id});
  }
  if (Status changed = store.ChangeOffsets(changes); !changed.ok()) return changed;
  for (const CommittedOffset& committed : *all) {
    const LogEnd& end = *end_of.find(committed.partition)->second;
    OperatorLog().warn(
        "group {group}: its committed offset of {partition} was {committed}, and is lowered by {lost} to {end}, where "
        "the log ends",
        "group"_a = committed.group, "partition"_a = end.name.ToString(), "committed"_a = committed.offset,
        "lost"_a = committed.offset - end.end_offset, "end"_a = end.end_offset);
  }
  return all->size();
}

}  // namespace streamhouse::agent
