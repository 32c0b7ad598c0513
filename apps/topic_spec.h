// TopicSpec: a topic as the command line writes it, NAME:PARTITIONS.
//
// When to use something else: agent::TopicInfo and the Broker take a name and a number; whether a name is allowed is
// theirs to say.
// Thread safety: a value, and pure functions.
// Errors: InvalidArgument, naming the text; a flag or argument turns it into a usage error.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::apps {

struct TopicSpec {
  std::string name;
  std::uint32_t partitions = 0;  // at least 1
};

metrics::Result<TopicSpec> ParseTopicSpec(std::string_view text);

// A flag or argument that takes TopicSpecs, any number of times; `target` outlives the parser.
CLI::Option* AddTopicSpecs(CLI::App& parser, const std::string& flag, std::vector<TopicSpec>& target,
                           const std::string& help);

}  // namespace streamhouse::apps
