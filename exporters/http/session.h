// Session: the requests of one client, answered one after the other.
//
// When to use something else: MetricsServer, which makes one for each connection.
// Guarantees: holds one chunk of a page at a time, and asks for the next when the client has taken that one. A client has
// the times of SessionLimits, then it is dropped; what it sends ahead is answered in order. After a malformed
// request the connection is closed. Aborted pages are recognisable as such by the client.
// Thread safety: everything on the thread that runs the connection's handlers.
// Cost: a few kilobytes while idle, a chunk in addition while a page is sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporters/encoding/chunk.h"
#include "exporters/http/connection.h"
#include "exporters/http/request.h"
#include "exporters/http/request_reader.h"
#include "exporters/http/response.h"
#include "exporters/http/response_head.h"

namespace streamhouse::exporters {

struct SessionLimits {
  // From the first byte of a request to the end of its headers.
  std::chrono::milliseconds head_time = std::chrono::seconds(10);
  // Between two requests: longer than scrape intervals usually are, or each scrape makes a new connection.
  std::chrono::milliseconds idle_time = std::chrono::seconds(120);
  // For each chunk of a page.
  std::chrono::milliseconds write_time = std::chrono::seconds(30);
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Handle = std::function<Response(const Request&)>;
  using Closed = std::function<void(Session&)>;

  // `closed` is called once, when the session is over.
  Session(std::unique_ptr<Connection> connection, Handle handle, SessionLimits limits, Closed closed);

  void Start();
  void Abort();

 private:
  enum class BodyUse { kSent, kDescribed };

  void ServeNext();
  void Read();
  void Answer(const Request& request);
  void Respond(Response response, BodyUse body_use);
  std::string Head(Framing framing, std::size_t content_length) const;
  void BeginPage();
  void WriteChunk(PageSource::Progress progress);
  void Write(std::string_view data, std::string_view after, std::function<void()> then);
  void Finish();
  void Linger();
  void Close();

  const SessionLimits limits_;
  const Handle handle_;
  Closed closed_;  // empty once it was called
  std::unique_ptr<Connection> connection_;
  RequestReader reader_;
  bool idle_ = false;  // between two requests

  // Of the present response.
  Response response_;
  Framing framing_ = Framing::kLength;
  bool keeps_connection_ = false;
  std::string before_chunk_;
  std::optional<Chunk> chunk_;
  std::size_t lingered_bytes_ = 0;
};

}  // namespace streamhouse::exporters
