#include "exporters/push/http/response_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <utility>

#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using metrics::Status;
using metrics::StatusCode;

constexpr std::size_t kInformationalMax = 8;
constexpr unsigned kFinalStatusMin = 200;
constexpr unsigned kSwitchingProtocols = 101;
// The shortest end of a body in chunks: "0\r\n\r\n". Beast 1.81 may end a program that has
// assertions where it is given a part of it, so that part waits for the rest.
constexpr std::size_t kChunksEndBytesMin = 5;

Status ErrorOf(error_code error) {
  if (error == http::error::body_limit || error == http::error::header_limit) {
    return Status(StatusCode::kResourceExhausted, "the response is too large");
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return Status(StatusCode::kUnavailable, "the connection ended before the response");
  }
  return Status(StatusCode::kDataLoss, "the response is not HTTP: " + error.message());
}

Status NoFinalStatus() {
  return Status(StatusCode::kDataLoss, "the response is not HTTP: no final status");
}

}  // namespace

struct ResponseReader::Parser {
  Parser() {
    response.eager(true);
    response.body_limit(kResponseBytesMax);
    response.header_limit(kResponseHeadBytesMax);
  }
  http::response_parser<http::string_body> response;
};

ResponseReader::ResponseReader() : parser_(std::make_unique<Parser>()) {}

ResponseReader::~ResponseReader() = default;

Status ResponseReader::Put(std::string_view bytes) {
  has_begun_ = has_begun_ || !bytes.empty();
  pending_ += bytes;
  Status parsed = Parse();
  while (parsed.ok() && parser_->response.is_done() && !is_done_) {
    const unsigned status = parser_->response.get().result_int();
    is_done_ = status >= kFinalStatusMin;
    if (is_done_) break;
    if (status == kSwitchingProtocols || ++informed_ > kInformationalMax) {
      return NoFinalStatus();
    }
    parser_ = std::make_unique<Parser>();
    if (pending_.empty()) break;
    parsed = Parse();
  }
  return parsed;
}

// Gives the parser what is pending. It takes it piece by piece: of a head, whole fields.
Status ResponseReader::Parse() {
  std::size_t taken = 0;
  error_code error;
  while (!error && taken < pending_.size() && !parser_->response.is_done()) {
    const bool is_in_chunks = parser_->response.is_header_done() && parser_->response.chunked();
    if (is_in_chunks && pending_[taken] == '0' && pending_.size() - taken < kChunksEndBytesMin) break;
    // Its limit is of one call.
    if (!parser_->response.is_header_done()) {
      parser_->response.header_limit(static_cast<std::uint32_t>(kResponseHeadBytesMax - head_bytes_));
    }
    const std::size_t bytes =
        parser_->response.put(boost::asio::buffer(pending_.data() + taken, pending_.size() - taken), error);
    taken += bytes;
    if (!parser_->response.is_header_done()) head_bytes_ += bytes;
  }
  pending_.erase(0, taken);
  // What is pending may be a line that never ends, as one between two chunks.
  if (std::max(head_bytes_, pending_.size()) > kResponseHeadBytesMax) return ErrorOf(http::error::header_limit);
  const bool goes_on = !error || error == http::error::need_more;
  // Invariant 1.
  metrics::DCheck([&] { return !goes_on || IsBounded(); }, "a response that is read has no more than its limits");
  return goes_on ? Status::Ok() : ErrorOf(error);
}

bool ResponseReader::IsBounded() const {
  return head_bytes_ <= kResponseHeadBytesMax && pending_.size() <= kResponseHeadBytesMax &&
         parser_->response.get().body().size() <= kResponseBytesMax;
}

Status ResponseReader::PutEnd() {
  if (is_done_) return Status::Ok();
  error_code error;
  if (parser_->response.got_some()) parser_->response.put_eof(error);
  if (!error && parser_->response.is_done()) {
    if (parser_->response.get().result_int() < kFinalStatusMin) return NoFinalStatus();
    is_done_ = true;
    return Status::Ok();
  }
  return ErrorOf(http::error::end_of_stream);
}

bool ResponseReader::keeps_alive() const {
  return is_done_ && pending_.empty() && parser_->response.keep_alive();
}

HttpResponse ResponseReader::Take() {
  // Invariant 2.
  metrics::DCheck([this] { return is_done_; }, "only a whole response is taken");
  auto message = parser_->response.release();
  HttpResponse response = {.status = message.result_int()};
  for (const auto& field : message.base()) {
    response.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  response.body = std::move(message.body());
  return response;
}

}  // namespace streamhouse::exporters
