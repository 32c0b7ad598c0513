// SocketAddress: where a program listens or connects: a host and a port, or a Unix socket.
//
//   HOST:PORT       host_port.h
//   unix:///PATH    a socket file; %XX in the path is a byte
//   unix:@NAME      a name in the abstract name space of Linux: no file, and no permissions
//
// Where a program listens, `unix:///PATH?mode=0660&owner=NAME&group=NAME` says who may connect.
// When to use something else: HostPort (host_port.h), where the Internet is the only choice.
// Guarantees: the parsers read what ToString() writes.
// Thread safety: values and pure functions.
// Cost: linear in the text.
// Errors: InvalidArgument, which names the text and the part of it that is bad. Whether an owner
// or a group exists is found when a program listens.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "metrics_core/host_port.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

// What a path, or an abstract name without its '@', may have.
inline constexpr std::size_t kUnixPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

struct UnixSocket {
  std::string path;  // "/run/app.sock", or "@app"
  // Who may connect: of the file, where a program listens. Connecting takes the right to write.
  std::uint32_t mode = 0600;
  std::string owner = {};  // a name or a number; empty: that of the process
  std::string group = {};

  bool is_abstract() const { return path.starts_with('@'); }
  // Without mode, owner and group.
  std::string ToString() const;
};

using SocketAddress = std::variant<HostPort, UnixSocket>;

std::string ToString(const SocketAddress& address);

// Where to connect: mode, owner and group are refused.
Result<SocketAddress> ParseSocketAddress(std::string_view text);

Result<SocketAddress> ParseListenAddress(std::string_view text);

// "unix:///PATH" or "unix:@NAME".
Result<UnixSocket> ParseUnixSocket(std::string_view text);

// A path of a protocol may follow a Unix socket behind a colon:
// "unix:///run/app.sock:/metrics" is split into the socket and "/metrics".
struct UnixUrl {
  std::string_view socket;
  std::string_view path;  // empty where there is none
};
UnixUrl SplitUnixUrl(std::string_view text);

// Sets mode, owner or group. The error is about the value, and does not repeat the address.
Status SetUnixPermission(UnixSocket& socket, std::string_view name, std::string_view value);

// InvalidArgument for a path that is relative, too long or has a NUL, and for a mode that lets no
// user connect. InvalidArgument for permissions of an abstract name: an owner, a group, or a mode
// other than the default. The field is that of UnixSocket.
Status CheckUnixSocket(const UnixSocket& socket);

// What the system takes. The socket must pass CheckUnixSocket().
class UnixSocketName {
 public:
  explicit UnixSocketName(const UnixSocket& socket);

  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&name_); }
  socklen_t size() const { return size_; }

 private:
  sockaddr_un name_ = {};
  socklen_t size_;
};

}  // namespace streamhouse::metrics
