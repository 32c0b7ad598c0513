// AgentCommand: `streamhouse agent`: serves producers and consumers until SIGINT or SIGTERM, then stops cleanly.
//
// Prints grpc=HOST:PORT and http=HOST:PORT, as bound, and "ready" once it serves, a line each.
// Guarantees: what it has acknowledged is kept, also when it is killed; --sync says what the loss of power may take. It
// fails when the last sync does.
#pragma once

#include <CLI/App.hpp>

#include "apps/command.h"

namespace streamhouse::apps {

Command AddAgentCommand(CLI::App& program);

}  // namespace streamhouse::apps
