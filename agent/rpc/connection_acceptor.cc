#include "agent/rpc/connection_acceptor.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "agent/base/operator_log.h"
#include "metrics_core/sockets/listening_unix_socket.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::agent {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

// At the limit, each client that comes would otherwise be logged.
constexpr std::chrono::minutes kTellInterval{1};

Status Unavailable(int error) {
  return {StatusCode::kUnavailable, std::generic_category().message(error)};
}

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;

  const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
  std::uint16_t port() const {
    const bool is_six = storage.ss_family == AF_INET6;
    return ntohs(is_six ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                        : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
  void set_port(std::uint16_t port) {
    if (storage.ss_family == AF_INET6) {
      reinterpret_cast<sockaddr_in6&>(storage).sin6_port = htons(port);
    } else {
      reinterpret_cast<sockaddr_in&>(storage).sin_port = htons(port);
    }
  }
  bool is_wildcard() const {
    if (storage.ss_family == AF_INET6) {
      return IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
    }
    return reinterpret_cast<const sockaddr_in&>(storage).sin_addr.s_addr == htonl(INADDR_ANY);
  }
};

// It takes connections of IPv4 as well.
Address WildcardOfSix() {
  Address address;
  address.size = sizeof(sockaddr_in6);
  auto& six = reinterpret_cast<sockaddr_in6&>(address.storage);
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_any;
  return address;
}

Result<std::vector<Address>> AddressesOf(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(std::string(host).c_str(), nullptr, &hints, &found);
  if (error != 0) return Status(StatusCode::kUnavailable, ::gai_strerror(error));
  std::vector<Address> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    Address& address = addresses.emplace_back();
    std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
    address.size = info->ai_addrlen;
  }
  ::freeaddrinfo(found);
  return addresses;
}

// A socket that listens, or why there is none.
Result<int> ListenOn(const Address& address) {
  const int socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return Unavailable(errno);
  const int yes = 1;
  const int no = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (address.storage.ss_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
  if (::bind(socket, address.generic(), address.size) == 0 && ::listen(socket, SOMAXCONN) == 0) return socket;
  const int error = errno;
  ::close(socket);
  return Unavailable(error);
}

std::uint16_t PortOf(int socket) {
  Address own;
  own.size = sizeof(sockaddr_storage);
  return ::getsockname(socket, own.generic(), &own.size) == 0 ? own.port() : std::uint16_t{0};
}

// A number that no other socket of the machine has until it restarts; none where the descriptor is
// no socket.
std::optional<std::uint64_t> CookieOf(int descriptor) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return std::nullopt;
  return cookie;
}

// gRPC sets the same on a connection that it accepts itself. A Unix socket has no such options.
void SetUpConnection(int connection) {
  const int yes = 1;
  ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  const auto timeout_ms = static_cast<unsigned int>(kClientTimeout.count());
  ::setsockopt(connection, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms));
}

Status CannotListen(const metrics::SocketAddress& address, const Status& why) {
  return why.WithMessage("cannot listen for gRPC on " + metrics::ToString(address) + ": " + why.message())
      .WithField(std::holds_alternative<metrics::UnixSocket>(address) ? "unix_socket" : "port");
}

bool IsLackOfRoom(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Result<std::unique_ptr<ConnectionAcceptor>> ConnectionAcceptor::Listen(const metrics::SocketAddress& address) {
  const bool is_unix = std::holds_alternative<metrics::UnixSocket>(address);
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) return CannotListen(address, Unavailable(errno));
  std::unique_ptr<ConnectionAcceptor> acceptor(new ConnectionAcceptor(wake, address));
  if (is_unix) {
    if (Status listening = acceptor->ListenOnUnixSocket(); !listening.ok()) return listening.Within("unix_socket");
  } else if (Status listening = acceptor->ListenOnHost(); !listening.ok()) {
    return CannotListen(address, listening);
  }
  return acceptor;
}

Status ConnectionAcceptor::ListenOnHost() {
  auto& [host, port] = std::get<metrics::HostPort>(address_);
  auto addresses = AddressesOf(host);
  if (!addresses.ok()) return addresses.status();
  Status first;
  for (Address& address : *addresses) {
    // All addresses of a host have one port.
    address.set_port(port);
    Address all = WildcardOfSix();
    all.set_port(port);
    auto socket = ListenOn(address.is_wildcard() ? all : address);
    // A machine may be without IPv6.
    if (!socket.ok() && address.is_wildcard()) socket = ListenOn(address);
    if (!socket.ok()) {
      if (first.ok()) first = socket.status();
      continue;
    }
    listeners_.push_back(*socket);
    port = PortOf(*socket);
  }
  return listeners_.empty() ? first : Status::Ok();
}

Status ConnectionAcceptor::ListenOnUnixSocket() {
  auto listening = metrics::ListenOnUnixSocket(std::get<metrics::UnixSocket>(address_));
  if (!listening.ok()) return listening.status();
  listeners_.push_back(listening->descriptor);
  file_ = std::move(listening->file);
  // Without it, no connection could be ended at the stop.
  if (!CookieOf(listening->descriptor)) return CannotListen(address_, Unavailable(errno)).WithField("");
  return Status::Ok();
}

ConnectionAcceptor::~ConnectionAcceptor() {
  Stop();
  ::close(wake_);
}

Status ConnectionAcceptor::Start(Take take) {
  take_ = std::move(take);
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) return started.status();
  thread_ = *std::move(started);
  return Status::Ok();
}

void ConnectionAcceptor::Stop() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    metrics::Check(::write(wake_, &one, sizeof(one)) == sizeof(one), "the thread that accepts cannot be woken");
    thread_.join();
  }
  file_.Remove();
  for (const int listener : listeners_) ::close(listener);
  listeners_.clear();
}

// No descriptor is copied: closing the copy of a file's descriptor gives back the locks that the
// process has on the file, such as those of SQLite. The descriptors belong to gRPC, which may close
// one at any moment. A connection that gets its number at that moment ends in its place.
void ConnectionAcceptor::EndUnixConnections() {
  const metrics::MutexLock lock(mutex_);
  for (const auto& [descriptor, cookie] : handed_over_) {
    if (CookieOf(descriptor) == cookie) ::shutdown(descriptor, SHUT_RDWR);
  }
}

void ConnectionAcceptor::Remember(int connection) {
  if (!is_unix()) return;
  const std::optional<std::uint64_t> cookie = CookieOf(connection);
  if (!cookie) return;
  const metrics::MutexLock lock(mutex_);
  handed_over_[connection] = *cookie;
}

void ConnectionAcceptor::Run() {
  std::vector<pollfd> waited_for = {{.fd = wake_, .events = POLLIN, .revents = 0}};
  for (const int listener : listeners_) waited_for.push_back({.fd = listener, .events = POLLIN, .revents = 0});
  std::optional<std::chrono::steady_clock::time_point> told;
  Accepted accepted = Accepted::kWhatCame;
  for (;;) {
    // The listeners stay readable, so that a wait for them would be none.
    const bool is_full = accepted == Accepted::kNoRoom;
    ::poll(waited_for.data(), is_full ? 1 : waited_for.size(),
           is_full ? static_cast<int>(kAcceptRetryInterval.count()) : -1);
    if (waited_for.front().revents != 0) return;
    accepted = Accepted::kWhatCame;
    for (const int listener : listeners_) {
      if (AcceptWaiting(listener) == Accepted::kNoRoom) accepted = Accepted::kNoRoom;
    }
    const auto now = std::chrono::steady_clock::now();
    if (accepted == Accepted::kNoRoom && (!told || now - *told >= kTellInterval)) {
      OperatorLog().error("no open file or memory is left for another client: new connections wait");
      told = now;
    }
  }
}

ConnectionAcceptor::Accepted ConnectionAcceptor::AcceptWaiting(int listener) {
  for (int i = 0; i < kAcceptsPerTurnMax; ++i) {
    const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection >= 0) {
      SetUpConnection(connection);
      Remember(connection);
      take_(connection);
      continue;
    }
    if (IsLackOfRoom(errno)) return Accepted::kNoRoom;
    // A client that is gone again says nothing about the next one.
    if (errno != EINTR && errno != ECONNABORTED && errno != EPROTO) break;
  }
  // The next poll() returns at once where more have come.
  return Accepted::kWhatCame;
}

}  // namespace streamhouse::agent
