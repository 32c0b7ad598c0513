#include "exporters/http/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <iterator>
#include <span>
#include <utility>
#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {
namespace {

using boost::system::error_code;
using Progress = PageSource::Progress;

constexpr std::string_view kChunkEnd = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kChunkEndAndLastChunk = "\r\n0\r\n\r\n";

// A client that is still sending when it is refused must be heard out for a while: closing at once
// would make its kernel throw the response away.
constexpr std::chrono::milliseconds kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kLingerBytesMax = std::size_t{256} * 1024;

boost::asio::const_buffer Buffer(std::string_view text) {
  return {text.data(), text.size()};
}

// Each stands in place of the response's own header of that name.
void AddHeaders(Session::Headers headers, Response& response) {
  for (const auto& header : headers) {
    std::erase_if(response.headers, [&](const auto& own) { return own.first == header.first; });
    response.headers.emplace_back(header);
  }
}

}  // namespace

Session::Session(std::unique_ptr<Connection> connection, AnswerRequest answer_request, const Limits& limits,
                 Headers headers, const ServerMetrics& metrics, Closed closed)
    : limits_(limits),
      headers_(headers),
      metrics_(metrics),
      answer_request_(std::move(answer_request)),
      closed_(std::move(closed)),
      connection_(std::move(connection)),
      reader_({.head_bytes = limits.head_bytes, .target_bytes = limits.target_bytes}) {
  metrics_.ConnectionOpened();
}

void Session::Start() {
  connection_->SetTimeLimit(limits_.head_time);
  Read();
}

void Session::Abort() {
  connection_->Abort();
  response_.page.reset();
  Leave();
}

void Session::Read() {
  // Invariants 1 and 2.
  metrics::DCheck([this] { return !responding_ && !chunk_ && response_.page == nullptr; },
                  "a session that waits for a request sends no response");
  const std::span<char> space = reader_.Prepare();
  connection_->AsyncReadSome(
      {space.data(), space.size()},
      [self = shared_from_this()](error_code error, std::size_t bytes) { self->AfterRead(error, bytes); });
}

void Session::AfterRead(error_code error, std::size_t bytes) {
  if (is_over()) return;
  if (error == boost::asio::error::timed_out) metrics_.CountLimit(idle_ ? Limit::kIdleTime : Limit::kHeadTime);
  if (error) return Close();
  if (idle_) connection_->SetTimeLimit(limits_.head_time);
  idle_ = false;
  reader_.Commit(bytes);
  ServeNext();
}

void Session::ServeNext() {
  switch (reader_.Next()) {
    case RequestReader::Outcome::kNeedsMore:
      return Read();
    case RequestReader::Outcome::kRequest:
      return Answer(reader_.request());
    case RequestReader::Outcome::kRefused:
      return Refuse(reader_.refusal());
  }
}

void Session::Answer(const Request& request) {
  // While the response is being found, the server does not wait for the client.
  responding_ = true;
  answer_request_(request, [self = shared_from_this()](Response response) { self->SendResponse(std::move(response)); });
}

void Session::Refuse(int status) {
  if (status == 414) metrics_.CountLimit(Limit::kTargetBytes);
  if (status == 431) metrics_.CountLimit(Limit::kHeadBytes);
  metrics_.CountRequest("other", status);
  SendResponse(ErrorResponse(status));
}

void Session::SendResponse(Response response) {
  if (is_over()) return;
  responding_ = true;
  response_ = std::move(response);
  AddHeaders(headers_, response_);
  keeps_connection_ = reader_.keeps_connection();
  const bool sends_body = !reader_.wants_head_only();
  if (response_.page != nullptr && sends_body) return BeginPage();
  const Framing framing = response_.page == nullptr ? Framing::kLength : Framing::kNone;
  before_chunk_ = Head(framing, response_.body.size());
  connection_->SetTimeLimit(limits_.write_time);
  Write(sends_body ? response_.body : std::string_view(), "", [this] { Finish(); });
}

std::string Session::Head(Framing framing, std::size_t content_length) const {
  return ResponseHead(response_, {.framing = framing,
                                  .content_length = content_length,
                                  .keep_alive = keeps_connection_,
                                  .now = std::chrono::system_clock::now()});
}

void Session::BeginPage() {
  page_deadline_ = std::chrono::steady_clock::now() + response_.page_time;
  chunk_.emplace();
  const Progress progress = response_.page->Fill(*chunk_);
  if (progress == Progress::kFailed) return SendResponse(ErrorResponse(500));
  if (progress == Progress::kEnd) {
    framing_ = Framing::kLength;
  } else if (reader_.understands_chunks()) {
    framing_ = Framing::kChunked;
  } else {
    framing_ = Framing::kNone;
    keeps_connection_ = false;
  }
  before_chunk_ = Head(framing_, chunk_->view().size());
  WriteChunk(progress);
}

void Session::NextChunk() {
  before_chunk_.clear();
  chunk_->Clear();
  const Progress progress = response_.page->Fill(*chunk_);
  if (progress == Progress::kFailed) return Abort();
  WriteChunk(progress);
}

void Session::WriteChunk(Progress progress) {
  const auto now = std::chrono::steady_clock::now();
  const auto time_left = std::chrono::duration_cast<std::chrono::milliseconds>(page_deadline_ - now);
  if (time_left.count() <= 0) {
    metrics_.CountLimit(Limit::kPageTime);
    return Abort();
  }
  // What it holds is not needed any more, and may be in the way of the next one.
  if (progress == Progress::kEnd) response_.page.reset();
  const std::string_view data = chunk_->view();
  std::string_view after;
  if (framing_ == Framing::kChunked && data.empty()) {
    before_chunk_ += kLastChunk;
  } else if (framing_ == Framing::kChunked) {
    fmt::format_to(std::back_inserter(before_chunk_), "{:x}\r\n", data.size());
    after = progress == Progress::kEnd ? kChunkEndAndLastChunk : kChunkEnd;
  }
  connection_->SetTimeLimit(std::min(limits_.write_time, time_left));
  stalled_since_ = now;
  Write(data, after, [this, progress] { progress == Progress::kEnd ? Finish() : NextChunk(); });
}

void Session::Write(std::string_view data, std::string_view after, std::function<void()> then) {
  connection_->AsyncWrite({Buffer(before_chunk_), Buffer(data), Buffer(after)},
                          [self = shared_from_this(), then = std::move(then)](error_code error, std::size_t) {
                            self->AfterWrite(error, then);
                          });
}

void Session::AfterWrite(error_code error, const std::function<void()>& then) {
  stalled_since_.reset();
  if (is_over()) return;
  if (!error) return then();
  if (error == boost::asio::error::timed_out) {
    const bool page_is_late = chunk_ && std::chrono::steady_clock::now() >= page_deadline_;
    metrics_.CountLimit(page_is_late ? Limit::kPageTime : Limit::kWriteTime);
  }
  Abort();
}

void Session::Finish() {
  responding_ = false;
  chunk_.reset();
  response_ = {};
  if (!keeps_connection_) {
    connection_->ShutDownSending();
    connection_->SetTimeLimit(kLingerTime);
    return Linger();
  }
  idle_ = !reader_.has_begun();
  connection_->SetTimeLimit(idle_ ? limits_.idle_time : limits_.head_time);
  ServeNext();
}

void Session::Linger() {
  before_chunk_.resize(kPageChunkBytes);
  connection_->AsyncReadSome({before_chunk_.data(), before_chunk_.size()},
                             [self = shared_from_this()](error_code error, std::size_t bytes) {
                               if (self->is_over()) return;
                               self->lingered_bytes_ += bytes;
                               if (error || self->lingered_bytes_ > kLingerBytesMax) return self->Close();
                               self->Linger();
                             });
}

void Session::Close() {
  connection_->Close();
  response_ = {};
  Leave();
}

// Buffers stay: operations that are under way point at them.
void Session::Leave() {
  if (is_over()) return;
  metrics_.ConnectionClosed();
  std::exchange(closed_, nullptr)(*this);
}

}  // namespace streamhouse::exporters
