#include "apps/top/read_program.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cstddef>
#include <utility>
#include <variant>

#include "apps/top/page_parser.h"
#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/version.h"

namespace streamhouse::apps {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using metrics::HostPort;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;
using Clock = std::chrono::steady_clock;

namespace {

// TCP or a Unix socket.
using ProgramStream = beast::basic_stream<asio::generic::stream_protocol>;

constexpr auto kOutcome = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
constexpr std::size_t kReasonBytesMax = 1000;
// The shortest body in chunks: "0\r\n\r\n". Beast 1.81 may end a program that has assertions where
// its first piece is shorter.
constexpr std::size_t kChunksBytesMin = 5;
constexpr std::string_view kPageAccepted =
    "text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.5";

struct Call {
  const Target& target;
  const Access& access;
  TargetAddresses& addresses;
  Clock::time_point deadline;
};

Status Failed(std::string message) {
  return Status(StatusCode::kUnavailable, std::move(message));
}

Status FailedWith(const error_code& error) {
  if (error == beast::error::timeout || error == asio::error::operation_aborted) {
    return Status(StatusCode::kDeadlineExceeded, "no response in time");
  }
  if (error == asio::error::eof || error == http::error::end_of_stream || error == http::error::partial_message ||
      error == asio::ssl::error::stream_truncated) {
    return Failed("it closed the connection before the end of its response");
  }
  if (error.category() == asio::error::get_ssl_category()) return Failed("TLS: " + error.message() + " (--tls-ca)");
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return Failed("it does not speak HTTP: " + error.message());
  }
  return Failed(error.message());
}

// What becomes of a response.
class Receiver {
 public:
  virtual void Begin(unsigned status) = 0;
  // False: it wants no more.
  virtual bool Add(std::string_view piece) = 0;

 protected:
  ~Receiver() = default;
};

class PageReceiver final : public Receiver {
 public:
  void Begin(unsigned status) override {
    status_ = status;
    taken_at_ = Clock::now();
  }

  bool Add(std::string_view piece) override {
    return status_ == 200 && parser_.Push(piece) == PageParser::Progress::kWantsMore;
  }

  Result<Reading> Take(Clock::time_point called_at) && {
    if (status_ == 401 || status_ == 403)
      return Failed("HTTP " + std::to_string(status_) + " (--user, --password-file)");
    if (status_ != 200) return Failed("HTTP " + std::to_string(status_));
    Reading reading;
    reading.taken_at = taken_at_;
    reading.scrape_time = Clock::now() - called_at;
    reading.page_bytes = parser_.bytes();
    Result<Page> page = std::move(parser_).Take();
    if (!page.ok()) return page.status();
    reading.page = *std::move(page);
    return reading;
  }

 private:
  PageParser parser_{kPageLimits};
  unsigned status_ = 0;
  Clock::time_point taken_at_;
};

class ReadinessReceiver final : public Receiver {
 public:
  void Begin(unsigned status) override { status_ = status; }

  bool Add(std::string_view piece) override {
    body_ += piece.substr(0, kReasonBytesMax - std::min(kReasonBytesMax, body_.size()));
    return body_.size() < kReasonBytesMax;
  }

  void Tell(Reading& reading) const {
    if (status_ == 200) reading.readiness = Readiness::kReady;
    if (status_ != 503) return;
    reading.readiness = Readiness::kNotReady;
    reading.not_ready_because = Reasons();
  }

 private:
  // The lines of checks that fail, without the word that stands above them.
  std::string Reasons() const {
    std::string reasons;
    std::string_view rest = body_;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (line.empty() || line == "NOT READY" || line.ends_with(": ok")) continue;
      reasons.append(reasons.empty() ? "" : "; ").append(line);
    }
    return reasons;
  }

  unsigned status_ = 0;
  std::string body_;
};

// A program on a Unix socket is on this machine.
std::string HostOf(const metrics::SocketAddress& address) {
  return std::holds_alternative<HostPort>(address) ? metrics::ToString(address) : "localhost";
}

http::request<http::empty_body> RequestFor(const Call& call, const std::string& path, std::string_view accepted) {
  http::request<http::empty_body> request(http::verb::get, path, 11);
  request.set(http::field::host, HostOf(call.target.address));
  request.set(http::field::user_agent, "streamhouse-top/" + std::string(metrics::kVersion));
  request.set(http::field::accept, boost::string_view(accepted.data(), accepted.size()));
  request.set(http::field::connection, "close");
  if (!call.access.authorization.empty()) request.set(http::field::authorization, call.access.authorization);
  return request;
}

template <typename Stream>
asio::awaitable<Status> Exchange(Stream& stream, const http::request<http::empty_body>& request, Receiver& receiver) {
  const auto [write_error, written] = co_await http::async_write(stream, request, kOutcome);
  if (write_error) co_return FailedWith(write_error);
  beast::flat_buffer buffer(kPieceBytes);
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);  // the receiver has limits of its own
  const auto [head_error, head_bytes] = co_await http::async_read_header(stream, buffer, parser, kOutcome);
  if (head_error) co_return FailedWith(head_error);
  if (parser.chunked() && buffer.size() < kChunksBytesMin) {
    const auto missing = buffer.prepare(kChunksBytesMin - buffer.size());
    const auto [error, bytes] = co_await asio::async_read(stream, missing, kOutcome);
    if (error) co_return FailedWith(error);
    buffer.commit(bytes);
  }
  receiver.Begin(parser.get().result_int());
  std::string piece(kPieceBytes, '\0');
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    const auto [error, bytes] = co_await http::async_read_some(stream, buffer, parser, kOutcome);
    if (error && error != http::error::need_buffer) co_return FailedWith(error);
    if (!receiver.Add({piece.data(), piece.size() - parser.get().body().size})) break;
  }
  co_return Status::Ok();
}

asio::awaitable<Status> ExchangeOverTls(ProgramStream connection, const Call& call,
                                        const http::request<http::empty_body>& request, Receiver& receiver) {
  beast::ssl_stream<ProgramStream> stream(std::move(connection), *call.access.tls);
  const std::string& host = std::get<HostPort>(call.target.address).host;
  error_code is_name;
  static_cast<void>(asio::ip::make_address(host, is_name));  // only names are told to the server
  if (is_name && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1) {
    co_return Failed("TLS does not take its name");
  }
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, kOutcome);
  if (error) co_return FailedWith(error);
  co_return co_await Exchange(stream, request, receiver);
}

asio::awaitable<Status> Ask(const Call& call, const std::string& path, std::string_view accepted, Receiver& receiver) {
  const Result<TargetAddresses::Endpoints> endpoints = co_await call.addresses.Find(call.deadline);
  if (!endpoints.ok()) co_return endpoints.status();
  ProgramStream connection(co_await asio::this_coro::executor);
  connection.expires_at(call.deadline);
  const auto [error, endpoint] = co_await connection.async_connect(endpoints.value(), kOutcome);
  if (error) co_return FailedWith(error);
  const http::request<http::empty_body> request = RequestFor(call, path, accepted);
  if (call.target.has_tls) co_return co_await ExchangeOverTls(std::move(connection), call, request, receiver);
  co_return co_await Exchange(connection, request, receiver);
}

asio::awaitable<Result<Reading>> ReadPage(const Call& call) {
  const Clock::time_point called_at = Clock::now();
  PageReceiver page;
  if (Status asked = co_await Ask(call, call.target.page_path, kPageAccepted, page); !asked.ok()) co_return asked;
  co_return std::move(page).Take(called_at);
}

}  // namespace

asio::awaitable<Result<Reading>> ReadProgram(const Target& target, const Access& access, TargetAddresses& addresses,
                                             std::chrono::milliseconds time) {
  const Call call{target, access, addresses, Clock::now() + time};
  Result<Reading> reading = co_await ReadPage(call);
  if (!reading.ok()) {
    addresses.Forget();
    co_return reading;
  }
  ReadinessReceiver readiness;
  const Status asked = co_await Ask(call, target.readiness_path, "text/plain", readiness);
  if (asked.ok()) readiness.Tell(*reading);
  co_return reading;
}

}  // namespace streamhouse::apps
