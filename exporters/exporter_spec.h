// ExporterSpec: what kind of exporter, where to, and how, in one line:
//
//   scheme://host:port/path?option=value&…
//   scheme+unix:///SOCKET:/path?option=value&…    a Unix socket in place of host and port
//   scheme+unix:@NAME:/path?option=value&…        the same under an abstract name (socket_address.h)
//
// A ":/" within the path of a socket is written "%3A/".
// When to use something else: the options of an exporter (MetricsServerOptions), where the program
// and not its operator chooses.
// Guarantees: what is parsed is what was written: nothing is guessed, and what is left over is an
// error.
// Thread safety: a value.
// Cost: at set-up only: a copy of each part of the text.
// Errors: InvalidArgument, whose message names the spec and whose field is the part of it that is
// bad: "scheme", "host", "port", "unix_socket", "path", or an option, as "options.interval".
//
//   Result<ExporterSpec> spec = ParseExporterSpec("textfile:///var/lib/app.prom?interval=15s");
//   SpecOptions options(*spec);
//   const auto interval = options.Duration("interval", std::chrono::seconds(15));
//   if (Status checked = options.Check(); !checked.ok()) return checked;
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct ExporterSpec {
  std::string text;                                // as it was given
  std::string scheme;                              // with its "+unix"
  std::string host;                                // without the brackets of an IPv6 address; empty where there is none
  std::optional<std::uint16_t> port;               // where there is one
  std::optional<metrics::UnixSocket> unix_socket;  // in place of host and port
  std::string path;                                // decoded; empty, or starts with '/'
  std::vector<std::pair<std::string, std::string>> options;  // decoded, in the order given
};

metrics::Result<ExporterSpec> ParseExporterSpec(std::string_view text);

// InvalidArgument: "exporter <text>: <what>", about a field of ExporterSpec.
metrics::Status BadSpec(const ExporterSpec& spec, std::string_view field, std::string_view what);

// The same about an option: "exporter <text>: option <name> <what>".
metrics::Status BadOption(const ExporterSpec& spec, std::string_view name, std::string_view what);

// Reads options by name and type, and remembers what was wrong. An empty value is an error: it is
// more likely a mistake than a wish for the default.
class SpecOptions {
 public:
  // `spec` must outlive it.
  explicit SpecOptions(const ExporterSpec& spec) : spec_(spec) {}

  // The value of the option, or the default where it is not given or is bad.
  std::string Text(std::string_view name, std::string_view otherwise);
  std::vector<std::string> List(std::string_view name);                  // "a,b"; empty where it is not given
  std::uint64_t Number(std::string_view name, std::uint64_t otherwise);  // "100", at least 1
  std::chrono::milliseconds Duration(std::string_view name,
                                     std::chrono::milliseconds otherwise);  // "500ms", "15s", "2m"

  // The value of the choice that is named. The error about another name lists those of `choices`.
  template <typename Value>
  Value Choice(std::string_view name,
               std::initializer_list<std::pair<std::string_view, std::type_identity_t<Value>>> choices,
               Value otherwise) {
    const std::string* const given = Find(name);
    if (given == nullptr) return otherwise;
    std::vector<std::string_view> names;
    for (const auto& [choice, value] : choices) {
      if (choice == *given) return value;
      names.push_back(choice);
    }
    ObjectToChoice(name, names);
    return otherwise;
  }

  // The values "NAME:VALUE" of an option that may be given several times, split at the first colon.
  std::vector<std::pair<std::string, std::string>> Pairs(std::string_view name);

  // The first thing that was wrong: a bad value, an option given twice, or one that the exporter
  // did not ask for.
  metrics::Status Check() const;

 private:
  const std::string* Find(std::string_view name);
  void Object(std::string_view name, std::string_view wants);
  void ObjectToChoice(std::string_view name, const std::vector<std::string_view>& choices);

  const ExporterSpec& spec_;
  std::vector<std::string_view> known_;
  metrics::Status status_;
};

}  // namespace streamhouse::exporters
