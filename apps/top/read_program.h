// ReadProgram(): asks a program for its page of metrics and for its readiness, over HTTP or TLS.
//
// Guarantees:
// 1. It ends at the deadline in any case.
// 2. It keeps no more of the page than kPageLimits allow.
// 3. It follows no redirect and asks no other address.
// 4. With TLS, the certificate must be for the host of the URL, of an authority that the context
//    trusts.
// 5. The addresses that a name has are used until a reading fails; the next one looks the name up
//    again.
// Limit: the system knows no deadline for a look-up. One that is pending goes on behind the
// deadline of the reading, and the end of the process waits for it (target_addresses.h).
// Thread safety: coroutines of one executor that runs them one at a time.
// Cost: two connections.
// Errors: Unavailable, DeadlineExceeded, or InvalidArgument for a response that is no page of
// metrics; the message does not repeat the URL. A program that does not say whether it is ready
// (no /ready) is read too.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "apps/top/figures.h"
#include "apps/top/page_parser.h"
#include "apps/top/target.h"
#include "apps/top/target_addresses.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

// With these, a page takes at most 128 + 66 + 134 MB of memory, about 330 MB (page_parser.h).
inline constexpr PageLimits kPageLimits = {.bytes_max = std::size_t{64} << 20,
                                           .samples_max = 300'000,
                                           .labels_max = 2'000'000,
                                           .line_bytes_max = std::size_t{64} << 10};

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
