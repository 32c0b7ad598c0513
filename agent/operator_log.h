// OperatorLog: the agent's log for people: one line on standard error for each event that is worth an operator's time.
//
// When to use something else: a metric for whatever happens often; nothing a request can cause is logged by its count.
// Guarantees: no record's key or value ever appears.
// Thread safety: any thread.
// Cost: formats and writes at once.
#pragma once

#include <spdlog/logger.h>

namespace streamhouse::agent {

// Lives for ever.
spdlog::logger& OperatorLog();

}  // namespace streamhouse::agent
