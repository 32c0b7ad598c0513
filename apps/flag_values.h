// AddAddressFlag and others: what flags and arguments of the command line take, as text and as
// values.
//
//   address           where to listen or connect: HOST:PORT, unix:///PATH or unix:@NAME
//                     (metrics_core/sockets/socket_address.h)
//   TIME              a duration, such as 90s (metrics_core/duration_text.h)
//   NAME:PARTITIONS   a topic
//   place in a log    earliest, latest, an offset, a time of RFC 3339, or how long ago, such as 2h
//
// WithAdvice() is the way back: from the setting that an error is about to its flag.
// Thread safety: values and pure functions.
// Errors: InvalidArgument, which names the text and says what is understood; a flag turns it into a
// usage error.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/group_operations.h"
#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

using metrics::HostPort;
using metrics::SocketAddress;

// A flag that takes an address to connect to. Here and below, `target` outlives the parser, and
// holds the default.
CLI::Option* AddAddressFlag(CLI::App& parser, const std::string& flag, SocketAddress& target, const std::string& help);

// A flag that takes an address to listen on, with a default or without one.
CLI::Option* AddListenFlag(CLI::App& parser, const std::string& flag, SocketAddress& target, const std::string& help);
CLI::Option* AddListenFlag(CLI::App& parser, const std::string& flag, std::optional<SocketAddress>& target,
                           const std::string& help);

// A flag that takes a duration.
CLI::Option* AddDurationFlag(CLI::App& parser, const std::string& flag, std::chrono::milliseconds& target,
                             const std::string& help);

// A flag that takes one of the names of `choices`, of which one is the name of `target`.
template <typename Value>
CLI::Option* AddChoiceFlag(CLI::App& parser, const std::string& flag, Value& target,
                           const std::vector<std::pair<std::string, Value>>& choices, const std::string& help) {
  std::string names;
  std::string present;
  for (const auto& [name, value] : choices) {
    names += (names.empty() ? "" : "|") + name;
    if (value == target) present = name;
  }
  const auto assign = [flag, names, choices, &target](const std::string& text) {
    for (const auto& [name, value] : choices) {
      if (name != text) continue;
      target = value;
      return;
    }
    throw CLI::ValidationError(flag, "\"" + text + "\" is not " + names);
  };
  return parser.add_option_function<std::string>(flag, assign, help)->type_name(names)->default_str(present);
}

// What a program says behind an error about a setting, such as the flag that changes it.
struct FieldAdvice {
  std::string_view field;  // a path, as in Status::field()
  std::string_view text;
};

// The failure with the text of its field behind the message. Where `all` does not have the field,
// that of the nearest field around it: `topics` for `topics[1].name`.
metrics::Status WithAdvice(const metrics::Status& failure, std::span<const FieldAdvice> all);

// A topic. Whether its name is allowed is for the agent to say.
struct TopicSpec {
  std::string name;
  std::uint32_t partitions = 0;  // at least 1
};

metrics::Result<TopicSpec> ParseTopicSpec(std::string_view text);

// A flag or argument that takes topics, any number of times.
CLI::Option* AddTopicSpecs(CLI::App& parser, const std::string& flag, std::vector<TopicSpec>& target,
                           const std::string& help);

// How long ago is counted from `now_ms`.
metrics::Result<client::SeekPlace> ParseSeekPlace(std::string_view text, std::int64_t now_ms);

// How a command prints its result.
enum class OutputFormat : std::uint8_t {
  kLines,  // key=value, for people and for shells
  kJson,   // one document, docs/topics_and_groups.md
};

// --json.
void AddJsonFlag(CLI::App& parser, OutputFormat& format);

// In milliseconds since the Unix epoch. Nothing unless it is a time of RFC 3339.
std::optional<std::int64_t> ParseRfc3339(std::string_view text);

}  // namespace streamhouse::apps
