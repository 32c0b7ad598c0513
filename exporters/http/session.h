// Session: the requests of one client, answered one after the other.
//
// When to use something else: MetricsServer, which makes one for each connection.
// Invariants:
// 1. While a session waits for a request, it sends no response.
// 2. While a session waits for a request, it holds no chunk and no page.
// Guarantees:
// 1. Holds one chunk of a page at a time, and asks for the next when the client has taken that one.
// 2. A client has the times of Limits, then it is dropped.
// 3. What a client sends ahead is answered in order. After a malformed request the connection is
//    closed.
// 4. Aborted pages are recognisable as such by the client.
// Thread safety: everything on the thread that runs the connection's handlers.
// Cost: a few kilobytes while idle, a chunk in addition while a page is sent.
#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/encoding/page_chunk.h"
#include "exporters/http/connection.h"
#include "exporters/http/limits.h"
#include "exporters/http/message/request.h"
#include "exporters/http/message/request_reader.h"
#include "exporters/http/message/response.h"
#include "exporters/http/message/response_head.h"
#include "exporters/http/server_metrics.h"

namespace streamhouse::exporters {

class Session : public std::enable_shared_from_this<Session> {
 public:
  // Calls `respond` once, now or later, on the thread of the connection's handlers; the request is
  // there until then.
  using Respond = std::function<void(Response)>;
  using AnswerRequest = std::function<void(const Request&, Respond respond)>;
  using Closed = std::function<void(Session&)>;

  // Name and value, added to every response.
  using Headers = std::span<const std::pair<std::string, std::string>>;

  // `headers` and `metrics` must outlive the session. `closed` is called once, when the session is
  // over.
  Session(std::unique_ptr<Connection> connection, AnswerRequest answer_request, const Limits& limits, Headers headers,
          const ServerMetrics& metrics, Closed closed);

  // Reads the first request. Call it once, on the thread of the connection's handlers.
  void Start();
  // The session is over when this returns: `answer_request` is not called any more, and its page is
  // gone. What is under way ends by its handlers. Not to be called by the page.
  void Abort();

  // Whether nothing is being sent to the client: the one to give up where there are too many.
  bool is_waiting() const { return !responding_; }

  // That of the connection.
  int descriptor() const { return connection_->descriptor(); }

  // Since when the client has not taken a chunk of its page; no value while no page is being sent.
  std::optional<std::chrono::steady_clock::time_point> stalled_since() const { return stalled_since_; }

 private:
  void ServeNext();
  void Read();
  void Answer(const Request& request);
  void Refuse(int status);
  void SendResponse(Response response);
  std::string Head(Framing framing, std::size_t content_length) const;
  void BeginPage();
  void NextChunk();
  void WriteChunk(PageSource::Progress progress);
  void AfterRead(boost::system::error_code error, std::size_t bytes);
  void AfterWrite(boost::system::error_code error, const std::function<void()>& then);
  void Write(std::string_view data, std::string_view after, std::function<void()> then);
  void Finish();
  void Linger();
  void Close();
  void Leave();
  bool is_over() const { return !closed_; }

  // Immutable after construction.
  const Limits limits_;
  const Headers headers_;
  const ServerMetrics& metrics_;
  const AnswerRequest answer_request_;

  // All below: of the thread that runs the connection's handlers.
  Closed closed_;  // empty once it was called
  std::unique_ptr<Connection> connection_;
  RequestReader reader_;
  bool idle_ = false;        // between two requests
  bool responding_ = false;  // from the end of a request on

  // Of the present response.
  Response response_;
  Framing framing_ = Framing::kLength;
  bool keeps_connection_ = false;
  std::chrono::steady_clock::time_point page_deadline_;
  std::optional<std::chrono::steady_clock::time_point> stalled_since_;
  std::string before_chunk_;
  std::optional<PageChunk> chunk_;
  std::size_t lingered_bytes_ = 0;
};

}  // namespace streamhouse::exporters
