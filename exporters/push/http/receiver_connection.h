// ReceiverConnection: bytes to and from a receiver, over TCP or a Unix socket, with or without TLS.
//
// Guarantees: each operation returns by its deadline; a peer that has gone raises no signal.
// Thread safety: one thread at a time.
// Cost: that of ReceiverSocket and TlsClient.
// Errors: Unavailable where the peer has gone; FailedPrecondition where TLS fails;
// DeadlineExceeded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "exporters/push/http/receiver_address.h"
#include "exporters/push/http/receiver_socket.h"
#include "exporters/push/http/tls_client.h"
#include "exporters/push/push_deadline.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class ReceiverConnection {
 public:
  enum class Written : std::uint8_t {
    kAll,
    kAnswered,  // the peer speaks before it has taken all; without TLS only
  };

  // With TLS, its handshake is done.
  static metrics::Result<std::unique_ptr<ReceiverConnection>> Open(const ReceiverAddress& address,
                                                                   PushDeadline deadline);

  metrics::Result<Written> Write(std::string_view bytes, PushDeadline deadline);

  // The bytes read; 0 at the end.
  metrics::Result<std::size_t> Read(std::span<char> buffer, PushDeadline deadline);

  // See ReceiverSocket. Only the destructor may follow.
  void Abort() const { socket_.Abort(); }

  // Whether the peer has neither closed nor said anything that was not asked for.
  bool IsIdle();

 private:
  ReceiverConnection(ReceiverSocket socket, TlsClient tls) : socket_(std::move(socket)), tls_(std::move(tls)) {}

  metrics::Status WaitForTls(int result, PushDeadline deadline);
  metrics::Result<Written> WriteTls(std::string_view bytes, PushDeadline deadline);
  metrics::Result<std::size_t> ReadTls(std::span<char> buffer, PushDeadline deadline);

  const ReceiverSocket socket_;
  const TlsClient tls_;  // null without TLS
};

}  // namespace streamhouse::exporters
