#include "agent/rpc/connection_acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "tests/support/eventually.h"
#include "tests/support/open_file_limit.h"
#include "tests/support/short_folder.h"

namespace streamhouse::agent {
namespace {

// So many calls fail for lack of descriptors.
std::atomic<int> g_lacks{0};
std::atomic<int> g_calls{0};
// Clients come without an end.
std::atomic<bool> g_is_crowded{false};
std::atomic<bool> g_lacks_eventfd{false};

}  // namespace

// In place of the C library's.
extern "C" int accept4(int socket, sockaddr* address, socklen_t* size, int flags) {
  ++g_calls;
  if (g_lacks.load() > 0) {
    --g_lacks;
    errno = EMFILE;
    return -1;
  }
  if (g_is_crowded.load()) return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return static_cast<int>(::syscall(SYS_accept4, socket, address, size, flags));
}

extern "C" int eventfd(unsigned int count, int flags) noexcept {
  if (g_lacks_eventfd) return errno = EMFILE, -1;
  return static_cast<int>(::syscall(SYS_eventfd2, count, flags));
}

namespace {

class ConnectionAcceptorTest : public testing::Test {
 protected:
  void Listen(const std::string& host) {
    acceptor_ = *ConnectionAcceptor::Listen(metrics::HostPort{.host = host, .port = 0});
    ASSERT_TRUE(acceptor_
                    ->Start([this](int connection) {
                      if (IsAsPromised(connection)) ++as_promised_;
                      ::close(connection);
                      ++taken_;
                    })
                    .ok());
  }
  // Non-blocking, closed on exec, without delay of small packets, with a limit for its client.
  static bool IsAsPromised(int connection) {
    return (::fcntl(connection, F_GETFL) & O_NONBLOCK) != 0 && (::fcntl(connection, F_GETFD) & FD_CLOEXEC) != 0 &&
           TcpOption(connection, TCP_NODELAY) != 0 && TcpOption(connection, TCP_USER_TIMEOUT) == kClientTimeout.count();
  }
  static int TcpOption(int connection, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    return ::getsockopt(connection, IPPROTO_TCP, name, &value, &size) == 0 ? value : -1;
  }
  // Counts and keeps what comes.
  void ListenOn(const metrics::UnixSocket& socket) {
    acceptor_ = *ConnectionAcceptor::Listen(socket);
    ASSERT_TRUE(acceptor_
                    ->Start([this](int connection) {
                      kept_ = connection;
                      ++taken_;
                    })
                    .ok());
  }
  // A client of a Unix socket; -1 where it is refused.
  static int ConnectTo(const metrics::UnixSocket& socket) {
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const metrics::UnixSocketName name(socket);
    if (::connect(client, name.address(), name.size()) == 0) return client;
    ::close(client);
    return -1;
  }
  // Whether a client reaches the port by that address.
  bool Connects(int family, const char* host) const {
    const int client = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 six = {};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(acceptor_->port());
    sockaddr_in four = {};
    four.sin_family = AF_INET;
    four.sin_port = six.sin6_port;
    const bool is_six = family == AF_INET6;
    ::inet_pton(family, host, is_six ? static_cast<void*>(&six.sin6_addr) : &four.sin_addr);
    const auto* const address = is_six ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    const bool connected = ::connect(client, address, is_six ? sizeof(six) : sizeof(four)) == 0;
    ::close(client);
    return connected;
  }

  std::atomic<int> taken_{0};
  std::atomic<int> kept_{-1};
  std::atomic<int> as_promised_{0};
  std::unique_ptr<ConnectionAcceptor> acceptor_;
};

TEST_F(ConnectionAcceptorTest, HandsEachConnectionOver) {
  Listen("127.0.0.1");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Connects(AF_INET, "127.0.0.1"));
  EXPECT_TRUE(Eventually([this] { return taken_ == 3; }));
  EXPECT_EQ(as_promised_, 3);
}

TEST_F(ConnectionAcceptorTest, ListensOnAllAddressesForAWildcardOfEitherKind) {
  for (const char* wildcard : {"0.0.0.0", "::", "[::]"}) {
    Listen(wildcard);
    EXPECT_TRUE(Connects(AF_INET, "127.0.0.1")) << wildcard;
    EXPECT_TRUE(Connects(AF_INET6, "::1")) << wildcard;
  }
}

TEST_F(ConnectionAcceptorTest, ListensOnTheOneAddressOnly) {
  Listen("127.0.0.1");
  EXPECT_FALSE(Connects(AF_INET, "127.0.0.2"));
}

TEST_F(ConnectionAcceptorTest, FindsTheAddressesOfAName) {
  Listen("localhost");
  EXPECT_TRUE(Connects(AF_INET, "127.0.0.1"));
}

TEST_F(ConnectionAcceptorTest, AcceptsAConnectionOnceThereIsADescriptorForIt) {
  Listen("127.0.0.1");
  g_lacks = 3;
  g_calls = 0;
  EXPECT_TRUE(Connects(AF_INET, "127.0.0.1"));
  EXPECT_TRUE(Eventually([this] { return taken_ == 1; }));
  EXPECT_GE(g_calls, 4);
}

TEST_F(ConnectionAcceptorTest, RefusesClientsOnceItHasStopped) {
  Listen("127.0.0.1");
  acceptor_->Stop();
  EXPECT_FALSE(Connects(AF_INET, "127.0.0.1"));
  acceptor_->Stop();
}

TEST_F(ConnectionAcceptorTest, StopsWhileClientsComeWithoutAnEnd) {
  Listen("127.0.0.1");
  g_is_crowded = true;
  EXPECT_TRUE(Connects(AF_INET, "127.0.0.1"));
  EXPECT_TRUE(Eventually([this] { return taken_ > kAcceptsPerTurnMax; }));
  const auto stopped = std::async(std::launch::async, [this] { acceptor_->Stop(); });
  EXPECT_TRUE(InTime(stopped));
  g_is_crowded = false;
}

TEST_F(ConnectionAcceptorTest, TakesClientsOfAUnixSocketAndRemovesItsFile) {
  const ShortFolder folder;
  const metrics::UnixSocket socket = {.path = folder.File("s")};
  ListenOn(socket);
  EXPECT_EQ(acceptor_->port(), 0);
  const int client = ConnectTo(socket);
  EXPECT_TRUE(Eventually([this] { return taken_ == 1; }));
  acceptor_->Stop();
  EXPECT_NE(::access(socket.path.c_str(), F_OK), 0);
  ::close(client);
  ::close(kept_);
}

TEST_F(ConnectionAcceptorTest, EndsTheConnectionsOfItsUnixSocketAndNoOther) {
  const ShortFolder folder;
  const metrics::UnixSocket socket = {.path = folder.File("s")};
  ListenOn(socket);
  const int client = ConnectTo(socket);
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  ASSERT_TRUE(Eventually([this] { return taken_ == 1; }));
  acceptor_->EndUnixConnections();
  char byte = 0;
  EXPECT_EQ(::recv(client, &byte, 1, 0), 0) << "it is told of the end";
  EXPECT_EQ(::send(pair[0], &byte, 1, MSG_NOSIGNAL), 1);
  const int next = ConnectTo(socket);
  EXPECT_TRUE(Eventually([this] { return taken_ == 2; })) << "the listener goes on";
  for (const int open : {client, next, pair[0], pair[1], kept_.load()}) ::close(open);
}

TEST_F(ConnectionAcceptorTest, EndsConnectionsWithoutADescriptor) {
  const ShortFolder folder;
  const metrics::UnixSocket socket = {.path = folder.File("s")};
  ListenOn(socket);
  const int client = ConnectTo(socket);
  ASSERT_TRUE(Eventually([this] { return taken_ == 1; }));
  {
    const OpenFileLimit none = OpenFileLimit::Left(0);
    acceptor_->EndUnixConnections();
  }
  char byte = 0;
  EXPECT_EQ(::recv(client, &byte, 1, MSG_DONTWAIT), 0) << "it is told of the end";
  for (const int open : {client, kept_.load()}) ::close(open);
}

TEST_F(ConnectionAcceptorTest, LeavesTheConnectionsOfASuccessorAtItsPath) {
  const ShortFolder folder;
  const metrics::UnixSocket socket = {.path = folder.File("s")};
  ListenOn(socket);
  const auto before = std::move(acceptor_);
  before->Stop();
  ListenOn(socket);
  const int client = ConnectTo(socket);
  ASSERT_TRUE(Eventually([this] { return taken_ == 1; }));
  before->EndUnixConnections();
  char byte = 0;
  EXPECT_EQ(::recv(client, &byte, 1, MSG_DONTWAIT), -1) << "it is told of an end";
  for (const int open : {client, kept_.load()}) ::close(open);
}

// Goal: the locks of SQLite stay. Method: a lock of this process, which a child asks for.
TEST_F(ConnectionAcceptorTest, KeepsTheLocksOnFilesWhenItEndsConnections) {
  const ShortFolder folder;
  ListenOn(metrics::UnixSocket{.path = folder.File("s")});
  const int file = ::open(folder.File("locked").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
  ASSERT_EQ(::fcntl(file, F_SETLK, &lock), 0);
  acceptor_->EndUnixConnections();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the lock is gone";
  ::close(file);
}

TEST_F(ConnectionAcceptorTest, SaysWhyItCannotListenOnAUnixSocket) {
  const auto refused = ConnectionAcceptor::Listen(metrics::UnixSocket{.path = "/no/such/folder/s"}).status();
  EXPECT_EQ(refused.message(), "cannot listen on unix:///no/such/folder/s: there is no folder /no/such/folder");
  EXPECT_EQ(refused.field(), "unix_socket");
}

TEST_F(ConnectionAcceptorTest, SaysWhereItCannotListenForLackOfADescriptor) {
  g_lacks_eventfd = true;
  const auto on_host = ConnectionAcceptor::Listen(metrics::HostPort{.host = "127.0.0.1", .port = 1}).status();
  const auto on_file = ConnectionAcceptor::Listen(metrics::UnixSocket{.path = "/s"}).status();
  g_lacks_eventfd = false;
  EXPECT_EQ(on_host.message(), "cannot listen for gRPC on 127.0.0.1:1: Too many open files");
  EXPECT_EQ(on_file.message(), "cannot listen for gRPC on unix:///s: Too many open files");
  EXPECT_EQ(on_host.field() + " " + on_file.field(), "port unix_socket");
}

TEST_F(ConnectionAcceptorTest, SaysWhyItCannotListen) {
  Listen("127.0.0.1");
  const auto refusal = [](const std::string& host, std::uint16_t port) {
    return ConnectionAcceptor::Listen(metrics::HostPort{.host = host, .port = port}).status();
  };
  const std::string start = "cannot listen for gRPC on ";
  EXPECT_EQ(refusal("127.0.0.1", acceptor_->port()).message(),
            start + metrics::ToString(acceptor_->address()) + ": Address already in use");
  EXPECT_EQ(refusal("192.0.2.1", 0).message(), start + "192.0.2.1:0: Cannot assign requested address");
  EXPECT_EQ(refusal("no.such.host.invalid", 0).field(), "port");
}

}  // namespace
}  // namespace streamhouse::agent
