// DemoCommand: `streamhouse demo`: an agent, a producer and a consumer in one process, with real text and one page of
// metrics.
#pragma once

#include <CLI/App.hpp>

#include "apps/command.h"

namespace streamhouse::apps {

Command AddDemoCommand(CLI::App& program);

}  // namespace streamhouse::apps
