// `streamhouse backup`: copies the data folder of an agent, also while it serves.
//
// Errors: see command.h.
#pragma once

#include "apps/command.h"

namespace streamhouse::apps {

Command AddBackupCommand(CLI::App& program);

}  // namespace streamhouse::apps
