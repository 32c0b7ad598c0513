#include "metrics_core/host_port.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace streamhouse::metrics {

std::string HostPort::ToString() const {
  const bool needs_brackets = host.find(':') != std::string::npos && !host.starts_with('[');
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

}  // namespace streamhouse::metrics
