// A page from another HTTP server: libmicrohttpd has the sockets and a thread, and Routes the
// responses. A line of input is a message. The checks of /ready run on that thread: a program whose
// checks may hang gives them another one.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/encoding/page_chunk.h"
#include "exporters/http/message/response.h"
#include "exporters/http/routes.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/counter.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace exporters = streamhouse::exporters;
namespace metrics = streamhouse::metrics;

namespace {

struct Site {
  exporters::Routes& routes;
  const exporters::ServerMetrics& metrics;
};

// The value of a header; several of one name are joined by commas.
std::string Header(MHD_Connection* connection, const char* name) {
  std::pair<std::string_view, std::string> wanted(name, "");
  MHD_get_connection_values(
      connection, MHD_HEADER_KIND,
      [](void* closure, MHD_ValueKind, const char* key, const char* value) {
        auto& [header, joined] = *static_cast<std::pair<std::string_view, std::string>*>(closure);
        if (strcasecmp(key, header.data()) == 0) joined.append(joined.empty() ? "" : ",").append(value);
        return MHD_YES;
      },
      &wanted);
  return std::move(wanted.second);
}

// A page on its way out, chunk by chunk.
class Page {
 public:
  Page(std::unique_ptr<exporters::PageSource> source, std::chrono::milliseconds time)
      : source_(std::move(source)), deadline_(std::chrono::steady_clock::now() + time) {}

  // At most `room` bytes of it. Where it has failed or takes too long, the connection ends without
  // the last chunk, so that the client sees that the page is not whole. A client that reads slowly
  // would keep others from their pages: the number of pages at a time is limited.
  ssize_t Read(char* to, std::size_t room) {
    if (std::chrono::steady_clock::now() > deadline_) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (rest_.empty()) {
      if (has_ended_) return MHD_CONTENT_READER_END_OF_STREAM;
      chunk_.Clear();
      const exporters::PageSource::Progress progress = source_->Fill(chunk_);
      if (progress == exporters::PageSource::Progress::kFailed) return MHD_CONTENT_READER_END_WITH_ERROR;
      has_ended_ = progress == exporters::PageSource::Progress::kEnd;
      rest_ = chunk_.view();
      if (rest_.empty()) return MHD_CONTENT_READER_END_OF_STREAM;
    }
    const std::size_t bytes = rest_.copy(to, room);
    rest_.remove_prefix(bytes);
    return static_cast<ssize_t>(bytes);
  }

 private:
  const std::unique_ptr<exporters::PageSource> source_;
  const std::chrono::steady_clock::time_point deadline_;
  exporters::PageChunk chunk_;
  std::string_view rest_;  // of the chunk
  bool has_ended_ = false;
};

MHD_Response* ResponseOf(exporters::Response response) {
  MHD_Response* made = nullptr;
  if (response.page == nullptr) {
    made = MHD_create_response_from_buffer(response.body.size(), response.body.data(), MHD_RESPMEM_MUST_COPY);
  } else {
    made = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, exporters::kPageChunkBytes,
        [](void* page, std::uint64_t, char* to, std::size_t room) { return static_cast<Page*>(page)->Read(to, room); },
        new Page(std::move(response.page), response.page_time), [](void* page) { delete static_cast<Page*>(page); });
  }
  MHD_add_response_header(made, "Content-Type", std::string(response.content_type).c_str());
  for (const auto& [name, value] : response.headers) {
    MHD_add_response_header(made, std::string(name).c_str(), value.c_str());
  }
  return made;
}

// A request, from its first line to the end of its response.
struct Call {
  std::string target;  // as it was sent: what Answer() gets is decoded, without the query
  bool has_headers = false;
};

void* BeginCall(void*, const char* target, MHD_Connection*) {
  return new Call{.target = target};
}

void EndCall(void*, MHD_Connection*, void** call, MHD_RequestTerminationCode) {
  delete static_cast<Call*>(*call);
}

MHD_Result Answer(void* closure, MHD_Connection* connection, const char*, const char* method, const char*, const char*,
                  std::size_t* body_bytes, void** state) {
  Call& call = *static_cast<Call*>(*state);
  // A response to the first call, which is for the headers, would end the connection. Later calls
  // bring the body of the request, which is dropped.
  const bool is_complete = std::exchange(call.has_headers, true) && *body_bytes == 0;
  *body_bytes = 0;
  if (!is_complete) return MHD_YES;
  const std::string accept = Header(connection, "Accept");
  const std::string accept_encoding = Header(connection, "Accept-Encoding");
  const std::string scrape_timeout = Header(connection, "X-Prometheus-Scrape-Timeout-Seconds");
  exporters::Response response = static_cast<Site*>(closure)->routes.Handle({.method = method,
                                                                             .target = call.target,
                                                                             .accept = accept,
                                                                             .accept_encoding = accept_encoding,
                                                                             .scrape_timeout = scrape_timeout});
  const auto status = static_cast<unsigned>(response.status);
  MHD_Response* const made = ResponseOf(std::move(response));
  const bool is_head = std::strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
  // Otherwise libmicrohttpd 0.9.75 sends the last chunk of a page to HEAD, which has no body.
  if (is_head) MHD_set_response_options(made, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
  const MHD_Result queued = MHD_queue_response(connection, status, made);
  MHD_destroy_response(made);
  return queued;
}

void CountConnection(void* closure, MHD_Connection*, void**, MHD_ConnectionNotificationCode code) {
  const exporters::ServerMetrics& metrics = static_cast<Site*>(closure)->metrics;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) metrics.ConnectionOpened();
  if (code == MHD_CONNECTION_NOTIFY_CLOSED) metrics.ConnectionClosed();
}

}  // namespace

int main() {
  metrics::Registry registry;
  const metrics::Counter messages =
      registry.AddCounter({.name = "broker_messages_total", .help = "Messages taken"}).value().With();
  const metrics::Health health;
  const exporters::ServerMetrics server_metrics = exporters::ServerMetrics::Register(registry).value();
  exporters::Routes routes(registry, health, {.metrics = server_metrics});
  Site site = {.routes = routes, .metrics = server_metrics};

  sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  MHD_Daemon* const server =
      MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, nullptr, nullptr, &Answer, &site, MHD_OPTION_SOCK_ADDR,
                       reinterpret_cast<sockaddr*>(&address), MHD_OPTION_URI_LOG_CALLBACK, &BeginCall, nullptr,
                       MHD_OPTION_NOTIFY_COMPLETED, &EndCall, nullptr, MHD_OPTION_NOTIFY_CONNECTION, &CountConnection,
                       &site, MHD_OPTION_CONNECTION_LIMIT, 64U, MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_END);
  if (server == nullptr) return std::fprintf(stderr, "libmicrohttpd does not start\n"), 1;
  std::printf("http://127.0.0.1:%d/metrics\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
  std::fflush(stdout);

  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c == '\n') messages.Increment();
  }
  MHD_stop_daemon(server);
}
