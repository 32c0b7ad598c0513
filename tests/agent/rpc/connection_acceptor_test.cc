#include "agent/rpc/connection_acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <future>
#include <memory>
#include <string>

#include "tests/support/eventually.h"

namespace streamhouse::agent {
namespace {

// So many calls fail for lack of descriptors.
std::atomic<int> g_lacks{0};
std::atomic<int> g_calls{0};
// Clients come without an end.
std::atomic<bool> g_is_crowded{false};

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

namespace {

class ConnectionAcceptorTest : public testing::Test {
 protected:
  void Listen(const std::string& host) {
    acceptor_ = *ConnectionAcceptor::Listen(host, 0);
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

TEST_F(ConnectionAcceptorTest, SaysWhyItCannotListen) {
  Listen("127.0.0.1");
  EXPECT_EQ(ConnectionAcceptor::Listen("127.0.0.1", acceptor_->port()).status().message(), "Address already in use");
  EXPECT_EQ(ConnectionAcceptor::Listen("192.0.2.1", 0).status().message(), "Cannot assign requested address");
  EXPECT_FALSE(ConnectionAcceptor::Listen("no.such.host.invalid", 0).ok());
}

}  // namespace
}  // namespace streamhouse::agent
