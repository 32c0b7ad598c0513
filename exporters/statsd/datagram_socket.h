// DatagramSocket: sends datagrams to one receiver, by UDP or to a Unix socket, and tells which
// failures the system knows.
//
// When to use something else: ReceiverSocket (push/http/receiver_socket.h), for connections.
// Guarantees:
// 1. Unix: a datagram that was sent is in the receiver's queue. Nothing else loses one but a
//    receiver that ends before it has read its queue. A full queue is waited for.
// 2. UDP: a datagram that was sent may get lost, and no one is told. Where no receiver listens, a
//    refusal may come back. It may come late, and does not say which datagram is refused.
//    TakeRefusal() tells of it, or the next Send().
// 3. The descriptor is closed on exec and does not block.
// Thread safety: one thread at a time.
// Cost: a descriptor; two calls of the system for a datagram and its refusal. Connect() looks up
// the host, which has no deadline.
// Errors: NotFound where the system says that no receiver is there, DeadlineExceeded where the
// queue stays full, else Unavailable.
//
//   auto socket = DatagramSocket::Connect(metrics::HostPort{.host = "127.0.0.1", .port = 8125}, 0);
//   Status sent = socket->Send("sent_total:1|c", deadline);
//   if (sent.ok()) sent = socket->TakeRefusal();
#pragma once

#include <cstddef>
#include <string_view>

#include "exporters/push/push_deadline.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class DatagramSocket {
 public:
  // A Unix socket must pass CheckUnixSocket(). `choice` counts the addresses that the host has, in
  // turn: 0 is the first. A UDP socket connects to any of them, so only a refusal shows that
  // another one is to be tried.
  static metrics::Result<DatagramSocket> Connect(const metrics::SocketAddress& address, std::size_t choice);

  DatagramSocket(DatagramSocket&& other) noexcept;
  DatagramSocket& operator=(DatagramSocket&&) = delete;
  ~DatagramSocket();

  // An error means that this datagram was not sent. With UDP, NotFound tells that an earlier one
  // was refused.
  metrics::Status Send(std::string_view datagram, PushDeadline deadline) const;

  // Whether a datagram that was sent has been refused, since this was asked last.
  metrics::Status TakeRefusal() const;

 private:
  explicit DatagramSocket(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace streamhouse::exporters
