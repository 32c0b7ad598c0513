// Sockets of a server: made so that programs which the process starts do not inherit them.
//
// Asio makes sockets without close-on-exec, and setting it later leaves a moment in which another
// thread forks.
// When to use something else: metrics_core/sockets/listening_unix_socket.h makes a Unix socket that
// listens.
// Guarantees:
// 1. Each descriptor that a function makes is closed on exec from its first moment on.
// 2. Each descriptor is closed if its function fails.
// Thread safety: pure functions of the system's.
// Cost: a system call or a few.
// Errors: those of the system.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace streamhouse::exporters {

// What bytes go through: TCP or a Unix socket.
using StreamSocket = boost::asio::generic::stream_protocol::socket;
// What listens: the descriptor of a socket of either kind.
using ListeningSocket = boost::asio::posix::stream_descriptor;

// Listens on the first endpoint that works: a name may have an address of a family that this
// machine does not speak. Returns the error of the last one where none works.
boost::system::error_code ListenOnOneOf(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints,
                                        ListeningSocket& listening);

// The port of a TCP socket.
std::uint16_t PortOf(int descriptor);

// The next connection; would_block where there is none.
StreamSocket AcceptOne(ListeningSocket& listening, boost::system::error_code& error);

// What limits on guesses count by: the client's IP address, or "uid N" for the user whose process
// connected to a Unix socket. The kernel vouches for N. Empty where the client has gone.
std::string PeerName(int descriptor);

// Ends a connection so that its peer is told at once, also while a child of fork holds a copy of
// the descriptor.
void ResetConnection(StreamSocket& socket);  // what was sent is lost, but over a Unix socket
void CloseConnection(StreamSocket& socket);  // what was sent is delivered

// In a child of fork: gives back its copy of a descriptor, without any effect on the parent's. The
// number stays taken, since objects of the parent's that the child has copies of may close it
// later.
void GiveBackCopy(int descriptor);

}  // namespace streamhouse::exporters
