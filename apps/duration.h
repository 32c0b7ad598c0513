// Duration: a length of time as the command line writes it: a whole number and its unit, ms, s, m, h or d.
//
// Thread safety: a value, and pure functions.
// Errors: InvalidArgument, naming the text; a flag turns it into a usage error.
#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::apps {

// At most what 63 bits hold.
metrics::Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// In the largest unit that leaves a whole number.
std::string FormatDuration(std::chrono::milliseconds duration);

// A flag that takes a duration; `target` holds the default, and outlives the parser.
CLI::Option* AddDurationFlag(CLI::App& parser, const std::string& flag, std::chrono::milliseconds& target,
                             const std::string& help);

}  // namespace streamhouse::apps
