// ReadProgram(): asks a program for its page of metrics and for its readiness, over HTTP or TLS.
//
// Guarantees: it ends at the deadline in any case; it keeps no more of the page than
// PageLimits allow; it follows no redirect and asks no other address. With TLS, the certificate
// must be for the host of the URL, of an authority that the context trusts.
// The addresses that a name has are used until a reading fails; the next one looks the name up
// again.
// Limit: the system knows no deadline for a look-up. One that is pending goes on behind the
// deadline of the reading, and the end of the process waits for it (target_addresses.h).
// Thread safety: coroutines of one executor that runs them one at a time.
// Cost: two connections.
// Errors: Unavailable, DeadlineExceeded, or InvalidArgument for an answer that is no page of
// metrics; the message does not repeat the URL. A program that does not say whether it is ready
// (no /ready) is read nevertheless.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apps/top/figures.h"
#include "apps/top/target_addresses.h"
#include "metrics_core/settings.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

// Where a program's page is.
struct Target {
  std::string url;  // as it is shown
  metrics::HostPort address;
  bool has_tls = false;
  std::string page_path;       // with the query, if there is one
  std::string readiness_path;  // beside it
};

// `http://HOST:PORT`, `https://HOST:PORT`, or `HOST:PORT` for the first; with a path where the page
// is not at /metrics. Without a port, 80 or 443.
// InvalidArgument for all else, also for a user and a password, which other users of the machine
// could see.
metrics::Result<Target> ParseTarget(std::string_view url);

// Whether only this machine can listen to what is sent to it.
bool IsLoopback(const Target& target);

// How programs are asked.
struct Access {
  std::string authorization;                       // of HTTP; empty: none
  std::shared_ptr<boost::asio::ssl::context> tls;  // for targets with TLS
};

// `addresses` are those of `target.address`. The references live until the coroutine ends.
boost::asio::awaitable<metrics::Result<Reading>> ReadProgram(const Target& target, const Access& access,
                                                             TargetAddresses& addresses,
                                                             std::chrono::milliseconds time);

}  // namespace streamhouse::apps
