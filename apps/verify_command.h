// VerifyCommand: `streamhouse verify`: reads every batch of a data folder, and prints what is damaged.
//
// It changes nothing, and takes no lock: an agent may serve the folder meanwhile.
// Errors: the command ends with 1 when there is damage, and with 2 when it cannot read the folder at all.
#pragma once

#include <CLI/App.hpp>

#include "apps/command.h"

namespace streamhouse::apps {

Command AddVerifyCommand(CLI::App& program);

}  // namespace streamhouse::apps
