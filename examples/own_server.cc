// A server of one's own on a loop of one's own: poll(2) and plain sockets, with Routes for the
// responses. A line of input is a message. No client makes the loop wait; a broker also ends
// connections that are idle for long.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/http/message/request.h"
#include "exporters/http/message/response.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/counter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace exporters = streamhouse::exporters;
namespace metrics = streamhouse::metrics;

namespace {

constexpr std::size_t kHeadBytesMax = 16 * 1024;

// The value of a header; those of several lines are joined by commas.
std::string Header(std::string_view head, std::string_view name) {
  std::string joined;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const bool is_it = line.size() > name.size() && line[name.size()] == ':' &&
                       strncasecmp(line.data(), name.data(), name.size()) == 0;
    if (is_it) joined.append(joined.empty() ? "" : ",").append(line.substr(name.size() + 1));
  }
  return joined;
}

// One request, one response, and the end of the connection.
class Connection {
 public:
  Connection(int descriptor, exporters::Routes& routes, const exporters::ServerMetrics& metrics)
      : descriptor_(descriptor), routes_(routes), metrics_(metrics) {
    metrics_.ConnectionOpened();
  }
  ~Connection() {
    close(descriptor_);
    metrics_.ConnectionClosed();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::int16_t awaited() const { return out_.empty() ? POLLIN : POLLOUT; }

  // Called when poll() says so; false: the connection is over.
  bool Go() { return out_.empty() ? Read() : Write(); }

 private:
  bool Read() {
    std::array<char, 4096> bytes;
    const ssize_t got = recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    in_.append(bytes.data(), static_cast<std::size_t>(got));
    const std::size_t end = in_.find("\r\n\r\n");
    if (end != std::string::npos) Answer(std::string_view(in_).substr(0, end));
    return in_.size() <= kHeadBytesMax;
  }

  void Answer(std::string_view head) {
    const std::size_t line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    const std::size_t first = line.find(' ');
    const std::size_t second = line.rfind(' ');
    if (second == first || line.substr(second + 1) != "HTTP/1.1") return Begin(exporters::ErrorResponse(505), "GET");
    const std::string_view headers =
        line_end == std::string_view::npos ? std::string_view() : head.substr(line_end + 2);
    const std::string accept = Header(headers, "accept");
    const std::string accept_encoding = Header(headers, "accept-encoding");
    const std::string scrape_timeout = Header(headers, "x-prometheus-scrape-timeout-seconds");
    const std::string_view method = line.substr(0, first);
    Begin(routes_.Handle({.method = method,
                          .target = line.substr(first + 1, second - first - 1),
                          .accept = accept,
                          .accept_encoding = accept_encoding,
                          .scrape_timeout = scrape_timeout}),
          method);
  }

  void Begin(exporters::Response response, std::string_view method) {
    response_ = std::move(response);
    out_ = "HTTP/1.1 " + std::to_string(response_.status) + " ";
    out_.append(exporters::ReasonPhrase(response_.status)).append("\r\nContent-Type: ").append(response_.content_type);
    for (const auto& [name, value] : response_.headers) out_.append("\r\n").append(name).append(": ").append(value);
    out_ += response_.page != nullptr ? "\r\nTransfer-Encoding: chunked"
                                      : "\r\nContent-Length: " + std::to_string(response_.body.size());
    out_ += "\r\nConnection: close\r\n\r\n";
    if (method == "HEAD") response_.page.reset();  // nor the body: a HEAD has the headers alone
    if (method != "HEAD") out_ += response_.body;
  }

  bool Write() {
    const ssize_t sent = send(descriptor_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    out_.erase(0, static_cast<std::size_t>(sent));
    return !out_.empty() || (response_.page != nullptr && NextChunk());
  }

  // False: the page has failed. Without the last chunk, the client sees that it is not whole.
  bool NextChunk() {
    using Progress = exporters::PageSource::Progress;
    chunk_.Clear();
    const Progress progress = response_.page->Fill(chunk_);
    if (progress == Progress::kFailed) return false;
    std::array<char, 24> size;
    std::snprintf(size.data(), size.size(), "%zx\r\n", chunk_.view().size());
    if (!chunk_.empty()) out_.append(size.data()).append(chunk_.view()).append("\r\n");
    if (progress == Progress::kEnd) out_ += "0\r\n\r\n";
    if (progress == Progress::kEnd) response_.page.reset();
    return true;
  }

  const int descriptor_;
  exporters::Routes& routes_;
  const exporters::ServerMetrics& metrics_;
  std::string in_;
  std::string out_;
  exporters::Response response_;
  exporters::PageChunk chunk_;
};

}  // namespace

int main() {
  metrics::Registry registry;
  const metrics::Counter messages =
      registry.AddCounter({.name = "broker_messages_total", .help = "Messages taken"}).value().With();
  const metrics::Health health;
  const exporters::ServerMetrics server_metrics = exporters::ServerMetrics::Register(registry).value();
  exporters::Routes routes(registry, health, {.metrics = server_metrics});

  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof(address);
  auto* const any_address = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, any_address, size) != 0 || listen(listener, 64) != 0) return std::perror("listen"), 1;
  getsockname(listener, any_address, &size);
  std::printf("http://127.0.0.1:%d/metrics\n", ntohs(address.sin_port));
  std::fflush(stdout);

  std::map<int, Connection> connections;  // by descriptor
  while (true) {
    std::vector<pollfd> waiting = {{STDIN_FILENO, POLLIN, 0}, {listener, POLLIN, 0}};
    for (const auto& [descriptor, connection] : connections) waiting.push_back({descriptor, connection.awaited(), 0});
    poll(waiting.data(), waiting.size(), -1);
    for (std::size_t i = 2; i < waiting.size(); ++i) {
      const auto connection = connections.find(waiting[i].fd);
      if (waiting[i].revents != 0 && !connection->second.Go()) connections.erase(connection);
    }
    if (waiting[1].revents != 0) {
      const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted >= 0) connections.try_emplace(accepted, accepted, routes, server_metrics);
    }
    if (waiting[0].revents != 0) {
      std::array<char, 4096> input;
      const ssize_t got = read(STDIN_FILENO, input.data(), input.size());
      if (got <= 0) return 0;
      messages.Increment(static_cast<std::uint64_t>(std::count(input.begin(), input.begin() + got, '\n')));
    }
  }
}
