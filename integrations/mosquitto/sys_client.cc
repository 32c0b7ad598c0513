#include "integrations/mosquitto/sys_client.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "metrics_core/start_thread.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::string_view kFilter = "$SYS/broker/#";

Status Unavailable(std::string_view what) {
  return Status(StatusCode::kUnavailable, std::string(what) + ": " + std::generic_category().message(errno));
}

// One for each client that lives in this process: two with one id would end each other's
// connections.
std::string ClientId(int descriptor) {
  return "streamhouse_mosquitto_" + std::to_string(::getpid()) + "_" + std::to_string(descriptor);
}

Status SendAll(int connection, const std::string& packet) {
  // Some dozen bytes on a fresh connection find room at once.
  const ssize_t sent = ::send(connection, packet.data(), packet.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(packet.size()) ? Status::Ok() : Unavailable("cannot send");
}

}  // namespace

Result<std::unique_ptr<SysClient>> SysClient::Start(SysClientOptions options, SysFigures& figures, SysClientMetrics own,
                                                    LogLine log) {
  std::unique_ptr<SysClient> client(new SysClient(std::move(options), figures, std::move(own), std::move(log)));
  client->stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (client->stop_ < 0) return Unavailable("no descriptor for the client of $SYS");
  Result<std::thread> started = metrics::StartThread([self = client.get()] { self->Run(); });
  if (!started.ok()) return started.status();
  client->thread_ = *std::move(started);
  return client;
}

SysClient::SysClient(SysClientOptions options, SysFigures& figures, SysClientMetrics own, LogLine log)
    : options_(std::move(options)),
      figures_(figures),
      own_(std::move(own)),
      log_(std::move(log)),
      retry_time_(options_.retry_first) {}

SysClient::~SysClient() {
  if (thread_.joinable()) {
    ::eventfd_write(stop_, 1);
    thread_.join();
  }
  if (stop_ >= 0) ::close(stop_);
}

void SysClient::Run() {
  while (RunConnection()) {
    own_.failures.Increment();
    if (Wait(-1, 0, retry_time_) == Waited::kStop) return;
    retry_time_ = std::min(2 * retry_time_, options_.retry_max);
  }
}

bool SysClient::RunConnection() noexcept {
  int connection = -1;
  bool goes_on = true;
  try {
    Result<int> connected = Connect();
    Status ended = connected.status();
    if (connected.ok()) {
      connection = *connected;
      ended = Listen(connection);
    }
    goes_on = !ended.ok();
    if (goes_on) Report(ended);
  } catch (...) {
    // Counted as any other failure. A line of the log may need the memory that is missing.
  }
  if (connection >= 0) ::close(connection);
  own_.subscribed.Set(0);
  is_subscribed_ = false;
  figures_.Forget();
  return goes_on;
}

void SysClient::Report(const Status& ended) {
  // The listener opens after plugins are loaded, so the first failure is expected.
  if (++failures_ == 2) log_("plugin_opt_sys_client: " + ended.message() + "; the client goes on trying");
}

SysClient::Waited SysClient::Wait(int descriptor, short events, std::chrono::milliseconds time) const {
  std::array<pollfd, 2> polled = {pollfd{.fd = stop_, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = descriptor, .events = events, .revents = 0}};
  ::poll(polled.data(), polled.size(), static_cast<int>(time.count()));
  if (polled[0].revents != 0) return Waited::kStop;
  return polled[1].revents != 0 ? Waited::kReady : Waited::kTimeOut;
}

Result<int> SysClient::Connect() const {
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(options_.address.host.c_str(), std::to_string(options_.address.port).c_str(), &hints, &found) !=
      0) {
    return Status(StatusCode::kUnavailable, "\"" + options_.address.host + "\" is no IP address");
  }
  const int connection = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int result = connection < 0 ? -1 : ::connect(connection, found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  if (result != 0 && connection >= 0 && errno == EINPROGRESS) {
    if (Wait(connection, POLLOUT, kSysAnswerTime) == Waited::kReady) {
      socklen_t size = sizeof errno;
      int error = 0;
      ::getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &size);
      errno = error;
      result = error == 0 ? 0 : -1;
    } else {
      errno = ETIMEDOUT;
    }
  }
  if (result == 0) return connection;
  Status failed = Unavailable("cannot connect to " + options_.address.ToString());
  if (connection >= 0) ::close(connection);
  return failed;
}

Status SysClient::Listen(int connection) {
  const auto keep_alive = static_cast<std::uint16_t>(kSysKeepAlive.count());
  Status sent = SendAll(connection, ConnectPacket(ClientId(stop_), keep_alive, options_.user, options_.password));
  if (sent.ok()) sent = SendAll(connection, SubscribePacket(kFilter));
  if (!sent.ok()) return sent;
  PacketReader reader;
  std::array<char, 16384> buffer;
  while (true) {
    const std::chrono::seconds time = is_subscribed_ ? kSysKeepAlive / 2 : kSysAnswerTime;
    switch (Wait(connection, POLLIN, time)) {
      case Waited::kStop:
        return Status::Ok();
      case Waited::kTimeOut:
        if (!is_subscribed_) return Status(StatusCode::kUnavailable, "the broker does not answer");
        if (sent = SendAll(connection, PingPacket()); !sent.ok()) return sent;
        continue;
      case Waited::kReady:
        break;
    }
    const ssize_t size = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (size == 0) return Status(StatusCode::kUnavailable, "the broker has ended the connection");
    if (size < 0) return Unavailable("cannot read");
    Status handled;
    Status read = reader.Feed({buffer.data(), static_cast<std::size_t>(size)}, [&](const ReadPacket& packet) {
      if (handled.ok()) handled = Handle(packet);
    });
    if (!read.ok()) return read;
    if (!handled.ok()) return handled;
  }
}

Status SysClient::Handle(const ReadPacket& packet) {
  constexpr char kRefused = '\x80';
  if (packet.type == kConnackType && packet.body.size() == 2 && packet.body[1] != 0) {
    return Status(StatusCode::kUnavailable,
                  "the broker refuses the client with code " + std::to_string(static_cast<int>(packet.body[1])));
  }
  if (packet.type == kSubackType && packet.body.size() == 3) {
    if (packet.body[2] == kRefused) {
      return Status(StatusCode::kUnavailable, "the broker refuses the subscription to " + std::string(kFilter));
    }
    is_subscribed_ = true;
    retry_time_ = options_.retry_first;
    own_.subscribed.Set(1);
    if (std::exchange(failures_, 0) > 1) log_("plugin_opt_sys_client: subscribed to " + std::string(kFilter));
  }
  if (packet.type == kPublishType) {
    if (const auto message = MessageOf(packet)) figures_.Take(message->topic, message->payload);
  }
  return Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
