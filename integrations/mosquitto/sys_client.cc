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

#include "integrations/mosquitto/mqtt_packets.h"
#include "metrics_core/duration_text.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::string_view kFilter = "$SYS/broker/#";

Status Unavailable(std::string_view what, int error) {
  return Status(StatusCode::kUnavailable, std::string(what) + ": " + std::generic_category().message(error));
}

// The kernel gives no two threads one id at the same time. Numbers of descriptors repeat: each
// SideThread has a table of its own. Two connections with one id would end each other.
std::string ClientIdOfThread() {
  return "streamhouse_mosquitto_" + std::to_string(::gettid());
}

// Closes the descriptor unless it is released.
class OwnedDescriptor {
 public:
  explicit OwnedDescriptor(int number) : number_(number) {}
  ~OwnedDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;

  int number() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// Of the code of a CONNACK of MQTT 3.1.1 that is not 0.
std::string MeaningOfRefusal(int code) {
  switch (code) {
    case 1:
      return "it does not take MQTT 3.1.1";
    case 2:
      return "it does not allow the client id";
    case 3:
      return "its service is not available";
    case 4:
      return "the user name or the password is wrong";
    case 5:
      return "the client is not authorized";
    default:
      return "code " + std::to_string(code);
  }
}

// The error of a connection that was under way; 0 where it is established.
int ErrorOf(int connection) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

Result<std::unique_ptr<SysClient>> SysClient::Start(SysClientOptions options, SysFigures& figures, SysClientMetrics own,
                                                    LogLine log) {
  std::unique_ptr<SysClient> client(new SysClient(std::move(options), figures, std::move(own), std::move(log)));
  client->stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (client->stop_ < 0) return Unavailable("no descriptor for the client of $SYS", errno);
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
    expects_failure_ = false;
    own_.failures.Increment();
    if (Wait(-1, 0, retry_time_) == Waited::kStop) return;
    retry_time_ = std::min(2 * retry_time_, options_.retry_max);
  }
}

bool SysClient::RunConnection() noexcept {
  bool goes_on = true;
  try {
    const Result<int> connected = Connect();
    const OwnedDescriptor connection(connected.ok() ? *connected : -1);
    const Status ended = connected.ok() ? Listen(connection.number()) : connected.status();
    // A stop also ends the wait for a connection.
    goes_on = !ended.ok() && Wait(-1, 0, milliseconds(0)) != Waited::kStop;
    if (goes_on) Report(ended);
  } catch (...) {
    // Counted as any other failure. A line of the log may need the memory that is missing; then it
    // comes with the next failure.
  }
  own_.subscribed.Set(0);
  is_subscribed_ = false;
  figures_.Forget();
  return goes_on;
}

void SysClient::Report(const Status& ended) {
  if (expects_failure_ || has_reported_) return;
  log_("plugin_opt_sys_client: " + ended.message() + "; the next attempt is in " +
       metrics::FormatDuration(retry_time_) + ", later ones are at most " +
       metrics::FormatDuration(options_.retry_max) + " apart");
  has_reported_ = true;
}

void SysClient::EndFailures() {
  check_due_ = steady_clock::time_point::max();
  retry_time_ = options_.retry_first;
  expects_failure_ = false;
  if (!has_reported_) return;
  log_("plugin_opt_sys_client: subscribed to " + std::string(kFilter));
  has_reported_ = false;
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
  OwnedDescriptor connection(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool is_open = connection.number() >= 0;
  int error = is_open && ::connect(connection.number(), found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
  ::freeaddrinfo(found);
  if (is_open && error == EINPROGRESS) {
    const Waited waited = Wait(connection.number(), POLLOUT, kSysAnswerTime);
    error = waited == Waited::kReady ? ErrorOf(connection.number()) : ETIMEDOUT;
  }
  if (error != 0) return Unavailable("cannot connect to " + options_.address.ToString(), error);
  return connection.Release();
}

Status SysClient::Listen(int connection) {
  const auto keep_alive = static_cast<std::uint16_t>(options_.keep_alive.count());
  Status sent = Send(connection, ConnectPacket(ClientIdOfThread(), keep_alive, options_.user, options_.password));
  if (sent.ok()) sent = Send(connection, SubscribePacket(kFilter));
  if (!sent.ok()) return sent;
  check_due_ = steady_clock::now() + kSysAnswerTime;
  PacketReader reader;
  while (true) {
    if (Status done = DoWhatIsDue(connection); !done.ok()) return done;
    const auto time = std::min(ping_due_, check_due_) - steady_clock::now();
    switch (Wait(connection, POLLIN, std::chrono::ceil<milliseconds>(std::max(time, steady_clock::duration::zero())))) {
      case Waited::kStop:
        return Status::Ok();
      case Waited::kTimeOut:
        continue;
      case Waited::kReady:
        break;
    }
    if (Status received = Receive(connection, reader); !received.ok()) return received;
  }
}

Status SysClient::DoWhatIsDue(int connection) {
  const auto now = steady_clock::now();
  if (now >= check_due_) {
    if (!is_subscribed_) return Status(StatusCode::kUnavailable, "the broker does not answer");
    EndFailures();
  }
  return now >= ping_due_ ? Send(connection, PingPacket()) : Status::Ok();
}

Status SysClient::Send(int connection, const std::string& packet) {
  ping_due_ = steady_clock::now() + milliseconds(options_.keep_alive) / 2;
  // A connection whose broker reads has room for some dozen bytes.
  const ssize_t sent = ::send(connection, packet.data(), packet.size(), MSG_NOSIGNAL);
  if (sent < 0) return Unavailable("cannot send", errno);
  return sent == static_cast<ssize_t>(packet.size()) ? Status::Ok()
                                                     : Status(StatusCode::kUnavailable, "the broker does not read");
}

Status SysClient::Receive(int connection, PacketReader& reader) {
  std::array<char, 16384> buffer;
  const ssize_t size = ::recv(connection, buffer.data(), buffer.size(), 0);
  if (size == 0) return Status(StatusCode::kUnavailable, "the broker has ended the connection");
  if (size < 0) return Unavailable("cannot read", errno);
  Status handled;
  Status read = reader.Feed({buffer.data(), static_cast<std::size_t>(size)}, [&](const ReadPacket& packet) {
    if (handled.ok()) handled = Handle(packet);
  });
  return read.ok() ? handled : read;
}

Status SysClient::Handle(const ReadPacket& packet) {
  constexpr char kRefused = '\x80';
  if (packet.type == kConnackType && packet.body.size() == 2 && packet.body[1] != 0) {
    return Status(StatusCode::kUnavailable,
                  "the broker refuses the client: " + MeaningOfRefusal(static_cast<unsigned char>(packet.body[1])));
  }
  if (packet.type == kSubackType && packet.body.size() == 3) {
    if (packet.body[2] == kRefused) {
      return Status(StatusCode::kUnavailable, "the broker refuses the subscription to " + std::string(kFilter));
    }
    if (!std::exchange(is_subscribed_, true)) check_due_ = steady_clock::now() + options_.keep_alive;
    own_.subscribed.Set(1);
  }
  if (packet.type == kPublishType) {
    if (const auto message = MessageOf(packet)) figures_.Take(message->topic, message->payload);
  }
  return Status::Ok();
}

}  // namespace streamhouse::mosquitto_plugin
