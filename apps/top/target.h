// Target: where the page of metrics of a program is, by a URL.
//
// Guarantees: what is read is what the URL says, with the defaults of ParseTarget().
// Thread safety: a value, and pure functions.
// Cost: copies of the parts of a URL.
// Errors: InvalidArgument, whose message repeats no password.
#pragma once

#include <string>
#include <string_view>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

struct Target {
  std::string url;  // as it is shown
  metrics::SocketAddress address;
  bool has_tls = false;
  std::string page_path;       // with the query, if there is one
  std::string readiness_path;  // beside it
};

// `http://HOST:PORT`, `https://HOST:PORT`, or `HOST:PORT` for the first; with a path where the page
// is not at /metrics. Without a port, 80 or 443. Or `unix:///SOCKET` or `unix:@NAME`, without TLS,
// and `unix:///SOCKET:/PATH` for another page.
// InvalidArgument for all else, also for a user and a password, which other users of the machine
// could see.
metrics::Result<Target> ParseTarget(std::string_view url);

// Whether only this machine can listen to what is sent to it.
bool IsLoopback(const Target& target);

}  // namespace streamhouse::apps
