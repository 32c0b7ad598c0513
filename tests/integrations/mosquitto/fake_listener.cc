#include "tests/integrations/mosquitto/fake_listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>

#include "metrics_core/status.h"
#include "tests/support/eventually.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

void LimitWaits(int descriptor) {
  const timeval patience = {.tv_sec = kPatience.count(), .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

}  // namespace

FakeListener::FakeListener() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool is_bound = bind(descriptor_, generic, size) == 0 && getsockname(descriptor_, generic, &size) == 0;
  metrics::Check(is_bound && listen(descriptor_, SOMAXCONN) == 0, "no port can be listened on");
  LimitWaits(descriptor_);
  address_ = {.host = "127.0.0.1", .port = ntohs(address.sin_port)};
}

FakeListener::~FakeListener() {
  End();
  close(descriptor_);
}

void FakeListener::Accept() {
  End();
  connection_ = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  metrics::Check(connection_ >= 0, "no client has come");
  LimitWaits(connection_);
}

std::string FakeListener::ReadToSubscription() {
  std::string arrived;
  std::array<char, 4096> buffer;
  while (!arrived.ends_with("$SYS/broker/#\0"s)) {
    const ssize_t size = recv(connection_, buffer.data(), buffer.size(), 0);
    metrics::Check(size > 0, "the client has not subscribed");
    arrived.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return arrived;
}

std::string FakeListener::Arrived() {
  std::array<char, 4096> buffer;
  const ssize_t size = recv(connection_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  return {buffer.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
}

void FakeListener::Send(std::string_view bytes) {
  const ssize_t sent = send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  metrics::Check(sent == static_cast<ssize_t>(bytes.size()), "the client has gone");
}

void FakeListener::End() {
  if (connection_ >= 0) close(connection_);
  connection_ = -1;
}

void FakeListener::Welcome() {
  Accept();
  ReadToSubscription();
  Send("\x20\x02\x00\x00"s + "\x90\x03\x00\x01\x00"s);
}

void FakeListener::Refuse(char code) {
  Accept();
  ReadToSubscription();
  Send("\x20\x02\x00"s + code);
}

}  // namespace streamhouse::mosquitto_plugin
