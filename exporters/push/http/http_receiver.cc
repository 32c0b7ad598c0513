#include "exporters/push/http/http_receiver.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "exporters/push/http/receiver_connection.h"
#include "exporters/push/http/response_reader.h"
#include "exporters/push/http/retry_after.h"
#include "exporters/push/http/tls_client.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/version.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

constexpr std::size_t kExcerptBytesMax = 200;

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  if (!value.empty()) head.append(name).append(": ").append(value).append("\r\n");
}

std::string HeadOf(const HttpRequest& request, const ReceiverAddress& address, const SecretHeaders& secret) {
  std::string head;
  head.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\n");
  AppendField(head, "Host", address.Authority());
  AppendField(head, "User-Agent", "streamhouse/" + std::string(metrics::kVersion));
  AppendField(head, "Content-Type", request.content_type);
  AppendField(head, "Content-Encoding", request.content_encoding);
  for (const auto& [name, value] : request.fields) AppendField(head, name, value);
  head += secret.lines;
  if (request.make_body) {
    AppendField(head, "Transfer-Encoding", "chunked");
  } else {
    AppendField(head, "Content-Length", std::to_string(request.body.size()));
  }
  return head += "\r\n";
}

// A chunk of a body of unknown length.
void AppendChunk(std::string& out, std::string_view bytes) {
  std::array<char, 2 * sizeof(std::size_t)> digits;
  constexpr int kHexadecimal = 16;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), kHexadecimal).ptr;
  out.append(digits.data(), end).append("\r\n").append(bytes).append("\r\n");
}

// See HttpResponse::excerpt.
std::string ExcerptOf(std::string_view body) {
  const std::string_view line = body.substr(0, std::min(body.find_first_of("\r\n"), kExcerptBytesMax));
  const bool is_text = std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return is_text ? std::string(line) : "";
}

Status Late() {
  return Status(StatusCode::kDeadlineExceeded, "the receiver takes too long");
}

bool IsLate(PushDeadline deadline) {
  return std::chrono::steady_clock::now() >= deadline;
}

}  // namespace

HttpReceiver::HttpReceiver(HttpReceiverOptions options) : options_(std::move(options)) {}

HttpReceiver::~HttpReceiver() {
  if (connection_ != nullptr && getpid() != process_) LeaveToParent();
}

// A thread of the parent may have been in the midst of using it.
void HttpReceiver::LeaveToParent() {
  static auto* const left = new std::vector<std::unique_ptr<ReceiverConnection>>();
  left->push_back(std::move(connection_));
}

Status HttpReceiver::CheckFiles() const {
  constexpr int kNoSocket = -1;
  if (const auto headers = ReadHeaders(options_.credentials); !headers.ok()) return headers.status();
  const ReceiverAddress& address = options_.address;
  if (address.unix_socket) {
    if (Status checked = metrics::CheckUnixSocket(*address.unix_socket); !checked.ok()) return checked;
  }
  return address.tls ? MakeTlsClient(*address.tls, address.host, kNoSocket).status() : Status::Ok();
}

Result<HttpResponse> HttpReceiver::Send(const HttpRequest& request, PushDeadline deadline) {
  has_sent_again_ = false;
  Result<SecretHeaders> headers = ReadHeaders(options_.credentials);
  if (!headers.ok()) return headers.status();
  for (const auto& [name, value] : request.secret_fields) headers->Add(name, value);
  headers->secrets.AddQueryOf(request.path);
  const bool is_reused = connection_ != nullptr && connection_->IsIdle() &&
                         std::chrono::steady_clock::now() - last_response_ < options_.quiet_time_max;
  if (!is_reused) {
    if (Status connected = Connect(deadline); !connected.ok()) return connected;
  }
  Exchanged exchanged = Exchange(request, *headers, deadline);
  // The receiver closed the connection at the moment when the request was sent.
  const bool was_closed = is_reused && exchanged.was_silent && !exchanged.response.ok() &&
                          exchanged.response.status().code() == StatusCode::kUnavailable;
  if (was_closed) {
    if (Status connected = Connect(deadline); !connected.ok()) return connected;
    has_sent_again_ = true;
    exchanged = Exchange(request, *headers, deadline);
  }
  // Invariant 1.
  metrics::DCheck([&] { return exchanged.response.ok() || connection_ == nullptr; },
                  "no connection that failed is kept");
  return std::move(exchanged.response);
}

Status HttpReceiver::Connect(PushDeadline deadline) {
  connection_.reset();
  auto opened = ReceiverConnection::Open(options_.address, deadline);
  if (!opened.ok()) return opened.status();
  connection_ = *std::move(opened);
  process_ = getpid();
  return Status::Ok();
}

// Keeps the connection where it may be used again.
HttpReceiver::Exchanged HttpReceiver::Exchange(const HttpRequest& request, const SecretHeaders& headers,
                                               PushDeadline deadline) {
  const Result<bool> sent = SendRequest(request, headers, deadline);
  ResponseReader reader;
  Status read = sent.status();
  // A receiver that refuses a body may answer and close before it has read all of it.
  if (sent.ok() || sent.status().code() == StatusCode::kUnavailable) read = ReadResponse(reader, deadline);
  const bool is_sent = sent.ok() && *sent;
  if (!is_sent || !reader.is_done()) connection_->Abort();
  if (!is_sent || !reader.keeps_alive()) connection_.reset();
  if (!reader.is_done()) {
    // Of two failures, what TLS says of the peer tells more than that the connection broke.
    const bool is_told_by_read = sent.ok() || read.code() == StatusCode::kFailedPrecondition;
    return {.response = is_told_by_read ? read : sent.status(), .was_silent = !reader.has_begun()};
  }
  last_response_ = std::chrono::steady_clock::now();
  HttpResponse response = reader.Take();
  if (const auto wait = response.Field("Retry-After")) {
    response.retry_after = ParseRetryAfter(*wait, std::chrono::system_clock::now());
  }
  response.tells_secret = headers.IsToldBy(response.body);
  response.excerpt = response.tells_secret ? "its text repeats a secret" : ExcerptOf(response.body);
  return {.response = std::move(response)};
}

Result<bool> HttpReceiver::SendRequest(const HttpRequest& request, const SecretHeaders& headers,
                                       PushDeadline deadline) {
  body_bytes_ = 0;
  Result<bool> sent = Write(HeadOf(request, options_.address, headers), deadline);
  if (!sent.ok() || !*sent) return sent;
  if (request.make_body) return SendPage(*request.make_body(), deadline);
  body_bytes_ = request.body.size();
  return Write(request.body, deadline);
}

Result<bool> HttpReceiver::SendPage(PageSource& page, PushDeadline deadline) {
  PageChunk chunk;
  std::string framed;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = page.Fill(chunk);
    if (progress == PageSource::Progress::kFailed) return Status(StatusCode::kInternal, "the page could not be made");
    framed.clear();
    if (!chunk.empty()) AppendChunk(framed, chunk.view());
    if (progress == PageSource::Progress::kEnd) AppendChunk(framed, "");
    body_bytes_ += chunk.view().size();
    Result<bool> sent = Write(framed, deadline);
    if (!sent.ok() || !*sent) return sent;
  } while (progress == PageSource::Progress::kMore);
  return true;
}

Result<bool> HttpReceiver::Write(std::string_view bytes, PushDeadline deadline) {
  if (IsLate(deadline)) return Late();
  const auto written = connection_->Write(bytes, deadline);
  if (!written.ok()) return written.status();
  return *written == ReceiverConnection::Written::kAll;
}

Status HttpReceiver::ReadResponse(ResponseReader& reader, PushDeadline deadline) {
  constexpr std::size_t kBufferBytes = 16384;
  std::array<char, kBufferBytes> buffer;
  while (!reader.is_done()) {
    if (IsLate(deadline)) return Late();
    const Result<std::size_t> bytes = connection_->Read(buffer, deadline);
    if (!bytes.ok()) return bytes.status();
    Status read = *bytes == 0 ? reader.PutEnd() : reader.Put({buffer.data(), *bytes});
    if (!read.ok()) return read;
  }
  return Status::Ok();
}

}  // namespace streamhouse::exporters
