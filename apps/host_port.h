// HostPort: where to listen or connect, written HOST:PORT, or [ADDRESS]:PORT for IPv6.
//
// Thread safety: a value, and pure functions.
// Errors: InvalidArgument, naming the text; a flag turns it into a usage error.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::apps {

struct HostPort {
  std::string host;        // without brackets
  std::uint16_t port = 0;  // where it listens: 0 stands for one that is free

  std::string ToString() const;
};

metrics::Result<HostPort> ParseHostPort(std::string_view text);

// A flag that takes a HostPort; `target` holds the default, and outlives the parser.
CLI::Option* AddHostPortFlag(CLI::App& parser, const std::string& flag, HostPort& target, const std::string& help);

}  // namespace streamhouse::apps
