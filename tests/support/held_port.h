// HeldPort: a port of 127.0.0.1 for a server that stops and listens again while clients know its
// address.
//
// When to use something else: port 0, where the server listens once.
// Guarantees: while it lives, the kernel gives the port to no other program, whether a server
// listens there or not. A server that sets SO_REUSEADDR, as gRPC and Asio do, can listen on it;
// without one, connections are refused.
// Errors: where no port can be held, the test program ends.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

#include "metrics_core/status.h"

namespace streamhouse {

class HeldPort {
 public:
  // It is bound and never listens: that keeps it from others, and does not disturb a listener.
  HeldPort() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool is_bound = bind(descriptor_, generic, size) == 0 && getsockname(descriptor_, generic, &size) == 0;
    metrics::Check(is_bound, "no port can be held");
    number_ = ntohs(address.sin_port);
  }
  ~HeldPort() { close(descriptor_); }
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  const int descriptor_;
  std::uint16_t number_ = 0;
};

}  // namespace streamhouse
