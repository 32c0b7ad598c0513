// HostPort: where to listen or connect, as people write it in flags, files and specifications of
// exporters.
//
//   HOST:PORT   127.0.0.1:9090, localhost:0, [::1]:8080; an IPv6 address stands in brackets, and there is always a host
//
// When to use something else: SocketAddress (metrics_core/sockets/socket_address.h), where a Unix
// socket may stand in its place.
// Guarantees: ParseHostPort() reads what ToString() writes of a host that is not empty.
// Thread safety: a value and a pure function.
// Cost: linear in the text.
// Errors: InvalidArgument, which names the text and says what is understood.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

struct HostPort {
  std::string host;        // without brackets
  std::uint16_t port = 0;  // 0, where a program listens: one that is free

  std::string ToString() const;
};

Result<HostPort> ParseHostPort(std::string_view text);

}  // namespace streamhouse::metrics
