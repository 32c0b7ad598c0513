#include "apps/host_port.h"

#include <CLI/Error.hpp>
#include <charconv>
#include <system_error>

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

std::string HostPort::ToString() const {
  const bool needs_brackets = host.find(':') != std::string::npos;
  return (needs_brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<HostPort> ParseHostPort(std::string_view text) {
  const auto refused = [text] {
    return Status(StatusCode::kInvalidArgument,
                  "\"" + std::string(text) + "\" is not HOST:PORT with a port up to 65535");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refused();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return refused();
  }
  HostPort parsed = {.host = std::string(host), .port = 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.port);
  if (host.empty() || error != std::errc() || end != digits.data() + digits.size()) return refused();
  return parsed;
}

CLI::Option* AddHostPortFlag(CLI::App& parser, const std::string& flag, HostPort& target, const std::string& help) {
  const auto assign = [flag, &target](const std::string& text) {
    Result<HostPort> parsed = ParseHostPort(text);
    if (!parsed.ok()) throw CLI::ValidationError(flag, parsed.status().message());
    target = *std::move(parsed);
  };
  CLI::Option* const option = parser.add_option_function<std::string>(flag, assign, help)->type_name("HOST:PORT");
  if (!target.host.empty()) option->default_str(target.ToString());
  return option;
}

}  // namespace streamhouse::apps
