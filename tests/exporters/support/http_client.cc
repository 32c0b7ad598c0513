#include "tests/exporters/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>

namespace streamhouse::exporters {
namespace {

constexpr timeval kDeadline = {.tv_sec = 30, .tv_usec = 0};

// A call with a time limit fails with EINTR where the process was stopped and goes on.
template <typename Call>
ssize_t Retried(const Call& call) {
  ssize_t result = -1;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

std::string Lower(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

int ConnectTo(const sockaddr* server, socklen_t size) {
  const int descriptor = socket(server->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kDeadline, sizeof(kDeadline));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kDeadline, sizeof(kDeadline));
  if (Retried([&] { return connect(descriptor, server, size); }) == 0) return descriptor;
  close(descriptor);
  return -1;
}

int Connect(std::uint16_t port, const std::string& host) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return ConnectTo(reinterpret_cast<sockaddr*>(&address), sizeof(address));
}

int Connect(const metrics::UnixSocket& server) {
  const metrics::UnixSocketName name(server);
  return ConnectTo(name.address(), name.size());
}

HttpReply ParseHead(std::string_view head) {
  HttpReply reply;
  if (!head.starts_with("HTTP/1.1 ")) return reply;
  reply.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  while (true) {
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return reply;
    head.remove_prefix(end + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) reply.headers[Lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port, std::string_view host)
    : descriptor_(Connect(port, std::string(host))), connected_(descriptor_ >= 0) {}

HttpClient::HttpClient(const metrics::UnixSocket& server)
    : descriptor_(Connect(server)), connected_(descriptor_ >= 0) {}

HttpClient::~HttpClient() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = Retried([&] { return send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void HttpClient::ShutDownSending() {
  shutdown(descriptor_, SHUT_WR);
}

bool HttpClient::ReceiveMore() {
  std::array<char, 65536> piece;
  const ssize_t n = Retried([&] { return recv(descriptor_, piece.data(), piece.size(), 0); });
  has_ended_ = n == 0 || (n < 0 && errno != EAGAIN);
  if (n <= 0) return false;
  received_.append(piece.data(), static_cast<std::size_t>(n));
  return true;
}

bool HttpClient::ReceiveUntil(std::string_view mark, std::string& taken) {
  std::size_t at = 0;
  while ((at = received_.find(mark)) == std::string::npos) {
    if (!ReceiveMore()) return false;
  }
  taken = received_.substr(0, at);
  received_.erase(0, at + mark.size());
  return true;
}

bool HttpClient::ReceiveBytes(std::size_t n, std::string& taken) {
  while (received_.size() < n) {
    if (!ReceiveMore()) break;
  }
  const bool complete = received_.size() >= n;
  taken += received_.substr(0, n);
  received_.erase(0, n);
  return complete;
}

bool HttpClient::ReceiveChunks(std::string& body) {
  while (true) {
    std::string size_text;
    if (!ReceiveUntil("\r\n", size_text)) return false;
    const std::size_t size = std::strtoul(size_text.c_str(), nullptr, 16);
    std::string end;
    if (size > 0 && !ReceiveBytes(size, body)) return false;
    if (!ReceiveBytes(2, end) || end != "\r\n") return false;
    if (size == 0) return true;
  }
}

HttpReply HttpClient::Receive(std::string_view method) {
  std::string head;
  if (!ReceiveUntil("\r\n\r\n", head)) return {};
  HttpReply reply = ParseHead(head + "\r\n");
  if (method == "HEAD") {
    reply.complete = true;
  } else if (reply.headers.contains("content-length")) {
    reply.complete = ReceiveBytes(std::strtoul(reply.headers["content-length"].c_str(), nullptr, 10), reply.body);
  } else if (reply.headers["transfer-encoding"] == "chunked") {
    reply.complete = ReceiveChunks(reply.body);
  } else {
    reply.body = ReceiveAll();
  }
  return reply;
}

std::string HttpClient::ReceiveAll() {
  while (ReceiveMore()) {
  }
  if (!has_ended_) received_ += " and no end in time";
  return std::move(received_);
}

std::size_t HttpClient::DiscardAll() const {
  std::array<char, 65536> piece;
  std::size_t bytes = 0;
  const auto receive = [&] { return recv(descriptor_, piece.data(), piece.size(), 0); };
  for (ssize_t n = 0; (n = Retried(receive)) > 0;) bytes += static_cast<std::size_t>(n);
  return bytes;
}

HttpReply HttpClient::Ask(std::string_view method, std::string_view target, std::string_view headers) {
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(headers).append("\r\n");
  return Send(request) ? Receive(method) : HttpReply();
}

HttpReply Get(std::uint16_t port, std::string_view target, std::string_view headers) {
  return HttpClient(port).Ask("GET", target, headers);
}

HttpReply Get(const metrics::UnixSocket& server, std::string_view target, std::string_view headers) {
  return HttpClient(server).Ask("GET", target, headers);
}

}  // namespace streamhouse::exporters
