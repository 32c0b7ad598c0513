// TopicsCommand: `streamhouse topics create` and `streamhouse topics describe`: the topics of a running agent.
//
// Prints topic=NAME partitions=N for each topic that it has created, or was asked about. To create a topic that exists
// with the same number of partitions succeeds.
#pragma once

#include <CLI/App.hpp>
#include <vector>

#include "apps/command.h"

namespace streamhouse::apps {

std::vector<Command> AddTopicsCommands(CLI::App& program);

}  // namespace streamhouse::apps
