// TargetAddresses: the addresses of one program, kept from one reading of its page to the next.
//
// Guarantees:
// 1. An address in digits is not looked up, nor is a Unix socket.
// 2. Addresses that were found are used until Forget().
// 3. A look-up that has not ended at the deadline goes on. The next Find() waits for it, and starts
//    no second one.
// 4. Each name is looked up on a thread of its own, so a name that is slow keeps no other waiting.
// Limit: the destructor waits for a look-up that is pending. The system knows no deadline for it,
// and may take some ten seconds for each of its name servers that is down.
// Thread safety: one thread, which also runs the executor of Find(). That outlives the object.
// Cost: a thread while a look-up is pending.
// Errors: Unavailable with the reason of the system, or DeadlineExceeded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

class TargetAddresses {
 public:
  using Endpoints = std::vector<boost::asio::generic::stream_protocol::endpoint>;

  explicit TargetAddresses(metrics::SocketAddress address);
  ~TargetAddresses();
  TargetAddresses(const TargetAddresses&) = delete;
  TargetAddresses& operator=(const TargetAddresses&) = delete;

  // One call at a time.
  boost::asio::awaitable<metrics::Result<Endpoints>> Find(std::chrono::steady_clock::time_point deadline);

  // The next Find() looks the name up again.
  void Forget() { known_.reset(); }

 private:
  struct LookUp;

  metrics::Status StartLookUp(const boost::asio::any_io_executor& executor);

  const metrics::SocketAddress address_;
  std::optional<Endpoints> known_;
  std::shared_ptr<LookUp> look_up_;  // that no Find() has taken the outcome of; no other owner stays
};

}  // namespace streamhouse::apps
