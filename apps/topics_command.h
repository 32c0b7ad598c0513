// TopicsCommand: `streamhouse topics create`, `describe`, `list`, `grow`, `retention` and `delete`: the topics of a
// running agent.
//
// Prints topic=NAME partitions=N for each topic that it has created, and for those that it was asked about also
// retention_time=TIME retention_bytes=N, or none, and why the agent does not serve it, if so. To create a topic that
// exists with the same number of partitions succeeds, and leaves its retention as it is. delete asks nothing, and
// prints how many partitions and records went.
#pragma once

#include <CLI/App.hpp>
#include <vector>

#include "apps/command.h"

namespace streamhouse::apps {

std::vector<Command> AddTopicsCommands(CLI::App& program);

}  // namespace streamhouse::apps
