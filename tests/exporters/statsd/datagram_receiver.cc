#include "tests/exporters/statsd/datagram_receiver.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "metrics_core/host_port.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <typename Address>
const sockaddr* Pointer(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int BoundUdp(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = Loopback(port);
  Check(bind(descriptor, Pointer(address), sizeof(address)) == 0, "a port can be bound");
  return descriptor;
}

std::uint16_t PortOf(int descriptor) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

DatagramReceiver::DatagramReceiver(Kind kind, Reading reading) : kind_(kind), reading_(reading) {
  leaving_ = eventfd(0, EFD_CLOEXEC);
  if (kind_ == Kind::kUdp) {
    // A port that was asked for stays bound when a socket is disconnected.
    const int any = BoundUdp(0);
    port_ = PortOf(any);
    descriptor_ = BoundUdp(port_);
    close(any);
  } else {
    std::array<char, 32> pattern = {"/tmp/statsd.XXXXXX"};
    Check(mkdtemp(pattern.data()) != nullptr, "a folder can be made below /tmp");
    folder_ = pattern.data();
    path_ = folder_ + "/s";
  }
  Back();
}

DatagramReceiver::~DatagramReceiver() {
  Away();
  if (descriptor_ >= 0) close(descriptor_);
  close(leaving_);
  if (folder_.empty()) return;
  unlink(path_.c_str());
  rmdir(folder_.c_str());
}

metrics::SocketAddress DatagramReceiver::address() const {
  if (kind_ == Kind::kUnix) return metrics::UnixSocket{.path = path_};
  return metrics::HostPort{.host = "127.0.0.1", .port = port_};
}

void DatagramReceiver::Back() {
  if (kind_ == Kind::kUdp) {
    const sockaddr any = {.sa_family = AF_UNSPEC, .sa_data = {}};
    Check(connect(descriptor_, &any, sizeof(any)) == 0, "a socket can be disconnected");
  } else {
    unlink(path_.c_str());
    descriptor_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    Check(bind(descriptor_, Pointer(address), sizeof(address)) == 0, "a socket can be bound");
  }
  if (reading_ == Reading::kAtOnce) StartReading();
}

void DatagramReceiver::StartReading() {
  thread_ = std::thread([this] { Run(); });
}

void DatagramReceiver::Away() {
  if (thread_.joinable()) {
    std::uint64_t one = 1;
    Check(write(leaving_, &one, sizeof(one)) == sizeof(one), "an event can be told");
    thread_.join();
    Check(read(leaving_, &one, sizeof(one)) == sizeof(one), "an event can be taken");
  } else {
    Refuse();
  }
  if (kind_ == Kind::kUdp) return;
  close(descriptor_);
  descriptor_ = -1;
}

void DatagramReceiver::Refuse() {
  if (kind_ == Kind::kUdp) {
    // All peers but one.
    const sockaddr_in other = Loopback(1);
    connect(descriptor_, Pointer(other), sizeof(other));
  } else {
    shutdown(descriptor_, SHUT_RD);
  }
}

void DatagramReceiver::Run() {
  std::array<char, 65536> bytes;
  for (bool is_leaving = false; !is_leaving;) {
    std::array<pollfd, 2> waited = {
        {{.fd = descriptor_, .events = POLLIN, .revents = 0}, {.fd = leaving_, .events = POLLIN, .revents = 0}}};
    poll(waited.data(), waited.size(), -1);
    is_leaving = waited[1].revents != 0;
    if (is_leaving) Refuse();
    ssize_t size = 0;
    while ((size = recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0) {
      Keep(std::string(bytes.data(), static_cast<std::size_t>(size)));
    }
  }
}

void DatagramReceiver::Keep(const std::string& datagram) {
  const metrics::MutexLock lock(mutex_);
  datagrams_.push_back(datagram);
  std::istringstream lines(datagram);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t bar = line.find('|', colon);
    const std::string value = line.substr(colon + 1, bar - colon - 1);
    const std::string name = line.substr(0, colon);
    if (line.substr(bar, 2) == "|c") {
      counts_[name] += std::strtoll(value.c_str(), nullptr, 10);
    } else {
      gauges_[name] = value;
    }
  }
}

std::vector<std::string> DatagramReceiver::datagrams() const {
  const metrics::MutexLock lock(mutex_);
  return datagrams_;
}

std::int64_t DatagramReceiver::CountOf(const std::string& name) const {
  const metrics::MutexLock lock(mutex_);
  const auto found = counts_.find(name);
  return found == counts_.end() ? 0 : found->second;
}

std::string DatagramReceiver::GaugeOf(const std::string& name) const {
  const metrics::MutexLock lock(mutex_);
  const auto found = gauges_.find(name);
  return found == gauges_.end() ? "" : found->second;
}

}  // namespace streamhouse::exporters
