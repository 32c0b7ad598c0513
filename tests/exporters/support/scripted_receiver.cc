#include "tests/exporters/support/scripted_receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "exporters/tls/socket_bio.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;
using metrics::MutexLock;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Reads requests from a connection; what is left of one is the beginning of the next.
class RequestReader {
 public:
  explicit RequestReader(ScriptedConnection& connection) : connection_(connection) {}

  // False where the exporter has closed.
  bool WaitForByte() { return !received_.empty() || ReceiveMore(); }

  std::optional<ReceivedRequest> Read() {
    const std::optional<std::string> head = TakeUntil("\r\n\r\n");
    if (!head) return std::nullopt;
    ReceivedRequest request = ParseHead(*head + "\r\n");
    const bool is_whole = request.Header("transfer-encoding") == "chunked"
                              ? ReadChunks(request.body)
                              : Take(std::strtoul(request.Header("content-length").c_str(), nullptr, 10), request.body);
    if (!is_whole) return std::nullopt;
    return request;
  }

 private:
  bool ReceiveMore() {
    char piece[65536];
    const std::size_t bytes = connection_.Receive(piece, sizeof(piece));
    received_.append(piece, bytes);
    return bytes > 0;
  }
  std::optional<std::string> TakeUntil(std::string_view mark) {
    std::size_t at = 0;
    while ((at = received_.find(mark)) == std::string::npos) {
      if (!ReceiveMore()) return std::nullopt;
    }
    std::string taken = received_.substr(0, at);
    received_.erase(0, at + mark.size());
    return taken;
  }
  bool Take(std::size_t bytes, std::string& taken) {
    while (received_.size() < bytes) {
      if (!ReceiveMore()) return false;
    }
    taken.append(received_, 0, bytes);
    received_.erase(0, bytes);
    return true;
  }
  bool ReadChunks(std::string& body) {
    for (;;) {
      const std::optional<std::string> size = TakeUntil("\r\n");
      if (!size) return false;
      const std::size_t bytes = std::strtoul(size->c_str(), nullptr, 16);
      std::string end;
      if (!Take(bytes, body) || !Take(2, end)) return false;
      if (bytes == 0) return true;
    }
  }
  static ReceivedRequest ParseHead(std::string_view head) {
    ReceivedRequest request;
    request.method = head.substr(0, head.find(' '));
    head.remove_prefix(request.method.size() + 1);
    request.path = head.substr(0, head.find(' '));
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const std::size_t colon = std::min(line.find(": "), line.size() - 2);
      request.headers[Lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
      head.remove_prefix(line.size() + 2);
    }
    return request;
  }

  ScriptedConnection& connection_;
  std::string received_;
};

std::string ResponseText(int status, std::string_view headers, std::string_view body) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Said\r\n";
  text.append(headers).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

}  // namespace

bool ScriptedConnection::Send(std::string_view bytes) {
  while (is_open_ && !bytes.empty()) {
    const ssize_t sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                         : send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) is_open_ = false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return is_open_;
}

void ScriptedConnection::SendEndlessly(std::string_view bytes) {
  while (Send(bytes)) {
  }
}

std::size_t ScriptedConnection::Receive(char* bytes, std::size_t size) {
  const ssize_t received =
      tls_ != nullptr ? SSL_read(tls_, bytes, static_cast<int>(size)) : recv(descriptor_, bytes, size, 0);
  return received > 0 ? static_cast<std::size_t>(received) : 0;
}

void ScriptedConnection::WaitForClose() {
  pollfd waited = {.fd = descriptor_, .events = POLLRDHUP, .revents = 0};
  while (poll(&waited, 1, -1) < 0 && errno == EINTR) {
  }
  is_open_ = false;
}

void ScriptedConnection::Reset() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  is_open_ = false;
}

ScriptStep Respond(int status, std::string_view headers, std::string_view body) {
  return {[text = ResponseText(status, headers, body)](ScriptedConnection& connection) { connection.Send(text); }};
}

ScriptStep RespondAndClose(int status, std::string_view headers, std::string_view body) {
  return SendAndClose(ResponseText(status, headers, body));
}

ScriptStep SendAndClose(std::string bytes) {
  return {[bytes = std::move(bytes)](ScriptedConnection& connection) {
    connection.Send(bytes);
    connection.Close();
  }};
}

ScriptStep SendAndReset(std::string bytes) {
  return {[bytes = std::move(bytes)](ScriptedConnection& connection) {
    connection.Send(bytes);
    connection.Reset();
  }};
}

ScriptStep SendAndWait(std::string bytes) {
  return {[bytes = std::move(bytes)](ScriptedConnection& connection) {
    if (connection.Send(bytes)) connection.WaitForClose();
  }};
}

ScriptStep ReadNothing() {
  return {.run = [](ScriptedConnection& connection) { connection.WaitForClose(); }, .reads_request = false};
}

ScriptedReceiver::ScriptedReceiver(const Options& options) {
  if (options.tls != nullptr) UseTls(options);
  Listen(options);
  thread_ = std::thread([this] { Run(); });
}

ScriptedReceiver::~ScriptedReceiver() {
  {
    const MutexLock lock(mutex_);
    is_ending_ = true;
    if (current_ >= 0) shutdown(current_, SHUT_RDWR);
  }
  shutdown(listening_, SHUT_RDWR);  // ends accept()
  thread_.join();
  close(listening_);
}

void ScriptedReceiver::UseTls(const Options& options) {
  context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const context = context_.get();
  Check(SSL_CTX_use_certificate_file(context, options.tls->file.c_str(), SSL_FILETYPE_PEM) == 1 &&
            SSL_CTX_use_PrivateKey_file(context, options.tls->key_file.c_str(), SSL_FILETYPE_PEM) == 1,
        "the receiver's certificate cannot be used");
  if (options.clients == nullptr) return;
  Check(SSL_CTX_load_verify_file(context, options.clients->file.c_str()) == 1, "no authority of exporters");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

void ScriptedReceiver::Listen(const Options& options) {
  sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = {}};
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, options.host.c_str(), &address.sin_addr);
  const bool is_unix = !options.socket.empty();
  options.socket.copy(path.sun_path, sizeof(path.sun_path) - 1);
  auto* const where = is_unix ? reinterpret_cast<sockaddr*>(&path) : reinterpret_cast<sockaddr*>(&address);
  socklen_t size = is_unix ? sizeof(path) : sizeof(address);
  listening_ = socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int small = 4096;  // so that an exporter notices soon that it is not read
  setsockopt(listening_, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
  Check(bind(listening_, where, size) == 0 && listen(listening_, SOMAXCONN) == 0, "the receiver cannot listen");
  if (is_unix) return;
  getsockname(listening_, where, &size);
  port_ = ntohs(address.sin_port);
}

ScriptedReceiver& ScriptedReceiver::Then(ScriptStep step) {
  const MutexLock lock(mutex_);
  script_.push_back(std::move(step));
  return *this;
}

ScriptStep ScriptedReceiver::NextStep() {
  const MutexLock lock(mutex_);
  if (script_.empty()) return Respond(200);
  ScriptStep step = std::move(script_.front());
  script_.pop_front();
  return step;
}

std::size_t ScriptedReceiver::connections() const {
  const MutexLock lock(mutex_);
  return connections_;
}

std::vector<ReceivedRequest> ScriptedReceiver::requests() const {
  const MutexLock lock(mutex_);
  return requests_;
}

void ScriptedReceiver::Run() {
  for (;;) {
    const int descriptor = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0 && errno != EINTR && errno != ECONNABORTED) return;
    if (descriptor < 0) continue;
    if (Keep(descriptor)) Serve(descriptor);
    const MutexLock lock(mutex_);
    current_ = -1;
    close(descriptor);
  }
}

// Notes the connection that is served from now on; false at the end.
bool ScriptedReceiver::Keep(int descriptor) {
  const MutexLock lock(mutex_);
  current_ = descriptor;
  ++connections_;
  return !is_ending_;
}

void ScriptedReceiver::Serve(int descriptor) {
  if (context_ == nullptr) {
    ScriptedConnection connection(descriptor, nullptr);
    return Converse(connection);
  }
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), SSL_free);
  BIO* const bio = NewSocketBio(descriptor);
  SSL_set_bio(tls.get(), bio, bio);
  if (SSL_accept(tls.get()) != 1) return;
  ScriptedConnection connection(descriptor, tls.get());
  Converse(connection);
}

void ScriptedReceiver::Converse(ScriptedConnection& connection) {
  RequestReader reader(connection);
  while (connection.is_open() && reader.WaitForByte()) {
    const ScriptStep step = NextStep();
    if (step.reads_request) {
      std::optional<ReceivedRequest> request = reader.Read();
      if (!request) return;
      const MutexLock lock(mutex_);
      requests_.push_back(*std::move(request));
    }
    step.run(connection);
  }
}

}  // namespace streamhouse::exporters
