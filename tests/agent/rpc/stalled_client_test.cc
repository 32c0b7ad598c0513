// A client that asks for more than fits into the buffers of its connection, and reads nothing.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/log/batch_builder.h"
#include "agent/rpc/rpc_server.h"
#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "proto/streamhouse.pb.h"
#include "tests/agent/support/catalog_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/short_folder.h"

namespace streamhouse::agent {
namespace {

// How often a socket took no more bytes.
std::atomic<int> g_full_sockets{0};

}  // namespace

// In place of the C library's: gRPC writes to its connections with it.
extern "C" ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  const ssize_t sent = ::syscall(SYS_sendmsg, socket, message, flags);
  if (sent < 0 && errno == EAGAIN) ++g_full_sockets;
  return sent;
}

// In place of the C library's: a test does not wait for the whole of kClientTimeout.
extern "C" int setsockopt(int socket, int level, int name, const void* value, socklen_t size) noexcept {
  const unsigned int soon_ms = 500;
  const bool is_timeout = level == IPPROTO_TCP && name == TCP_USER_TIMEOUT;
  return static_cast<int>(::syscall(SYS_setsockopt, socket, level, name, is_timeout ? &soon_ms : value,
                                    is_timeout ? socklen_t{sizeof(soon_ms)} : size));
}

namespace {

// Speaks as much HTTP/2 as it takes to ask.
class StalledClient {
 public:
  explicit StalledClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int few_bytes = 4096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &few_bytes, sizeof(few_bytes));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    Begin();
  }
  explicit StalledClient(const metrics::UnixSocket& server)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const metrics::UnixSocketName name(server);
    EXPECT_EQ(::connect(socket_, name.address(), name.size()), 0);
    Begin();
  }
  ~StalledClient() { Close(); }
  StalledClient(const StalledClient&) = delete;
  StalledClient& operator=(const StalledClient&) = delete;

  // May be called twice.
  void Close() { ::close(std::exchange(socket_, -1)); }

  void Call(const std::string& path, const std::string& message) {
    const std::string headers = Header(":method", "POST") + Header(":scheme", "http") + Header(":path", path) +
                                Header(":authority", "agent") + Header("te", "trailers") +
                                Header("content-type", "application/grpc");
    SendFrame(kHeaders, kEndOfHeaders, next_stream_, headers);
    SendFrame(kData, kEndOfStream, next_stream_, std::string{'\0'} + Number(message.size(), 4) + message);
    next_stream_ += 2;
  }

 private:
  enum Type : std::uint8_t { kData = 0, kHeaders = 1, kSettings = 4, kWindowUpdate = 8 };
  static constexpr std::uint8_t kEndOfStream = 1;
  static constexpr std::uint8_t kEndOfHeaders = 4;
  static constexpr std::uint64_t kWindowBytes = 0x7fffffff;
  static constexpr std::uint64_t kFirstWindowBytes = 65'535;

  void Begin() {
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    // Streams and connection may fill a window of 2 GiB.
    SendFrame(kSettings, 0, 0, std::string{'\0', '\x4'} + Number(kWindowBytes, 4));
    SendFrame(kWindowUpdate, 0, 0, Number(kWindowBytes - kFirstWindowBytes, 4));
  }
  static std::string Number(std::uint64_t number, int bytes) {
    std::string text;
    while (bytes-- > 0) text += static_cast<char>(number >> (8 * bytes));
    return text;
  }
  static std::string Header(std::string_view name, std::string_view value) {
    return '\0' + Number(name.size(), 1).append(name) + Number(value.size(), 1).append(value);
  }
  void SendFrame(Type type, std::uint8_t flags, std::uint32_t stream, const std::string& content) {
    Send(Number(content.size(), 3) + Number(type, 1) + Number(flags, 1) + Number(stream, 4) + content);
  }
  void Send(const std::string& bytes) {
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  int socket_;
  std::uint32_t next_stream_ = 1;
};

class StalledClientTest : public CatalogFixture {
 protected:
  StalledClientTest() {
    EXPECT_TRUE(topics_->Create({.name = "orders", .partitions = 1}).ok());
    const std::string value(1'000, 'v');
    BatchBuilder batch;
    for (int i = 0; i < 1'000; ++i) batch.Add({.key = std::nullopt, .value = value, .timestamp_ms = 0});
    EXPECT_TRUE((*topics_->Find("orders", 0))->Append(batch).ok());
  }
  void Serve(const metrics::SocketAddress& address) {
    server_ = *RpcServer::Start({.address = address, .request_bytes_max = 1 << 20}, {.topics = *topics_,
                                                                                     .offsets = offsets_,
                                                                                     .members = members_,
                                                                                     .groups = groups_,
                                                                                     .times = times_,
                                                                                     .metrics = metrics_});
  }
  void ExpectAStopInTime(StalledClient& client) {
    g_full_sockets = 0;
    v1::FetchRequest request;
    request.set_topic("orders");
    for (int i = 0; i < 32; ++i) client.Call("/streamhouse.v1.ConsumerService/Fetch", request.SerializeAsString());
    ASSERT_TRUE(Eventually([] { return g_full_sockets > 0; }));
    const auto stopped = std::async(std::launch::async, [this] { server_->Shutdown(std::chrono::milliseconds(0)); });
    EXPECT_TRUE(InTime(stopped));
    client.Close();
  }

  const RpcMetrics metrics_;
  CommittedOffsets offsets_{*store_, *topics_};
  GroupCoordinator members_{*store_, *topics_};
  GroupTimes times_;
  ConsumerGroups groups_{*store_, *topics_, members_, times_};
  std::unique_ptr<RpcServer> server_;
};

TEST_F(StalledClientTest, HoldsUpAStopForNoLongerThanTheTimeout) {
  Serve(metrics::HostPort{.host = "127.0.0.1", .port = 0});
  StalledClient client(server_->port());
  ExpectAStopInTime(client);
}

TEST_F(StalledClientTest, HoldsUpAStopForNoLongerThanItsTimeOverAUnixSocket) {
  const ShortFolder folder;
  const metrics::UnixSocket socket = {.path = folder.File("s")};
  Serve(socket);
  StalledClient client(socket);
  ExpectAStopInTime(client);
}

}  // namespace
}  // namespace streamhouse::agent
