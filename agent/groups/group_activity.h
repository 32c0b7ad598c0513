// GroupActivity: state and number of members of a consumer group, as GroupCoordinator knows them.
//
// When to use something else: ConsumerGroups::Describe for the members and offsets of one group;
// GroupTimes for the times of its last request and commit.
// Guarantees:
// 1. Members and state are of one moment.
// 2. Both may have changed since.
// Thread safety: a value.
// Cost: a copy of two numbers.
#pragma once

#include <cstdint>

namespace streamhouse::agent {

// In the order of the states of streamhouse_agent_group_state.
enum class GroupState : std::uint8_t {
  kEmpty,     // no members
  kActive,    // has members
  kAwaited,   // may have members that were not heard of since the agent started
  kChanging,  // an operator moves it
};

struct GroupActivity {
  std::uint32_t members = 0;
  GroupState state = GroupState::kEmpty;

  friend bool operator==(const GroupActivity&, const GroupActivity&) = default;
};

}  // namespace streamhouse::agent
