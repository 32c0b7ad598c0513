// ConsumeCommand: `streamhouse consume`: prints the values of a topic's records, a line each, from where its group left
// off.
//
// Guarantees: an offset is committed only after the values before it have left the process; so after a crash values may
// be printed again, but none is left out. After a clean end the group continues with the first value not printed.
// Several of them with one group share the partitions.
#pragma once

#include <CLI/App.hpp>

#include "apps/command.h"

namespace streamhouse::apps {

Command AddConsumeCommand(CLI::App& program);

}  // namespace streamhouse::apps
