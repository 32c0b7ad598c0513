// LagCommand: `streamhouse lag`: prints how far a group is behind in each partition of a topic.
//
// The lag is the end of the partition minus the committed offset; of a group that has never committed there, the number
// of records in it. In seconds, it is the age of the next unread record, and 0 when there is none.
#pragma once

#include <CLI/App.hpp>

#include "apps/command.h"

namespace streamhouse::apps {

Command AddLagCommand(CLI::App& program);

}  // namespace streamhouse::apps
