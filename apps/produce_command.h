// ProduceCommand: `streamhouse produce`: sends each line of its files, or of stdin, as a record.
//
// Prints sent=N acked=N failed=N. Fails if any record did. A signal ends the reading; what has been read is delivered,
// or has failed 3 seconds later.
// Guarantees: every line that was read is acked or failed when it ends.
#pragma once

#include <CLI/App.hpp>

#include "apps/command.h"

namespace streamhouse::apps {

Command AddProduceCommand(CLI::App& program);

}  // namespace streamhouse::apps
