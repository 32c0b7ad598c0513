// GroupsCommand: `streamhouse groups list`, `describe`, `seek`, `reset` and `delete`: the consumer groups of an agent.
//
// seek and reset print topic=NAME partition=N old=OFFSET new=OFFSET for each partition, with none where the group has
// never committed. They and delete are refused while the group has members.
#pragma once

#include <CLI/App.hpp>
#include <vector>

#include "apps/command.h"

namespace streamhouse::apps {

std::vector<Command> AddGroupsCommands(CLI::App& program);

}  // namespace streamhouse::apps
