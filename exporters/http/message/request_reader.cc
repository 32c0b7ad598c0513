#include "exporters/http/message/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::exporters {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Parser = http::request_parser<http::empty_body>;

constexpr std::size_t kReadBytes = 2048;
constexpr const char* kTraceparent = "traceparent";

std::string_view ToView(beast::string_view text) {
  return {text.data(), text.size()};
}

// A transfer coding that is not known, or not the last one, leaves the length of the body open (RFC
// 9112, 6.3). What follows must not be taken for a request either.
bool HasBody(const Parser& parser) {
  return parser.get().count(http::field::transfer_encoding) > 0 || parser.content_length().value_or(0) > 0;
}

// HTTP asks for exactly one from 1.1 on; no name or address has these characters.
bool HasHost(const http::fields& fields) {
  return fields.count(http::field::host) == 1 &&
         ToView(fields[http::field::host]).find_first_of(" \t/\\?#@,") == std::string_view::npos;
}

// Whether a line of the headers goes on in the next one, which RFC 9112, 5.2 has abolished, and
// programs read in different ways. The parser takes whole lines, so that an empty one at the
// beginning is the end of the headers.
bool HasFoldedLine(const beast::flat_buffer& buffer) {
  const auto data = buffer.data();
  std::string_view head(static_cast<const char*>(data.data()), data.size());
  if (head.starts_with("\r\n")) return false;
  head = head.substr(0, head.find("\r\n\r\n"));
  return head.find("\n ") != std::string_view::npos || head.find("\n\t") != std::string_view::npos;
}

// The status to refuse a request with that is well-formed; 0 for none.
int ObjectionTo(const Parser& parser, const RequestLimits& limits) {
  const auto& head = parser.get();
  if (head.target().size() > limits.target_bytes) return 414;
  if (head.version() >= 11 && !HasHost(head)) return 400;
  const bool takes_no_body = head.method() == http::verb::get || head.method() == http::verb::head;
  return takes_no_body && HasBody(parser) ? 400 : 0;
}

// Makes the version of a request line one that the parser takes: a client of HTTP/1.2 understands
// HTTP/1.1 (RFC 9110, 2.5). The status to refuse the line with; 0 for none.
int MendVersion(char* line, std::size_t bytes) {
  constexpr std::string_view kBegin = " HTTP/";
  constexpr std::size_t kVersionBytes = 3;  // "1.1"
  const std::string_view text(line, bytes);
  const std::size_t begin = text.rfind(kBegin);
  if (begin == std::string_view::npos || begin + kBegin.size() + kVersionBytes != bytes) return 0;
  char* const version = line + begin + kBegin.size();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_digit(version[0]) || version[1] != '.' || !is_digit(version[2])) return 0;
  if (version[0] == '0') return 0;  // no version was sent in a line before 1.0
  if (version[0] != '1') return 505;
  if (version[2] > '1') version[2] = '1';
  return 0;
}

std::string Joined(const http::fields& fields, http::field name) {
  std::string joined;
  const auto [first, last] = fields.equal_range(name);
  for (auto field = first; field != last; ++field) {
    if (!joined.empty()) joined += ',';
    joined += ToView(field->value());
  }
  return joined;
}

}  // namespace

struct RequestReader::Parsing {
  explicit Parsing(std::size_t head_bytes) : buffer(head_bytes) {}

  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  bool has_skipped_line = false;
  bool has_request_line = false;
  std::string accept;
  std::string accept_encoding;
};

RequestReader::RequestReader(const RequestLimits& limits)
    : limits_(limits), parsing_(std::make_unique<Parsing>(limits.head_bytes)) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::Prepare() {
  beast::flat_buffer& buffer = parsing_->buffer;
  const auto space = buffer.prepare(std::min(kReadBytes, buffer.max_size() - buffer.size()));
  return {static_cast<char*>(space.data()), space.size()};
}

void RequestReader::Commit(std::size_t n) {
  parsing_->buffer.commit(n);
}

bool RequestReader::has_begun() const {
  return parsing_->buffer.size() > 0 ||
         (parsing_->parser && parsing_->parser->got_some() && !parsing_->parser->is_header_done());
}

RequestReader::Outcome RequestReader::Next() {
  if (refusal_ != 0) return Outcome::kRefused;
  std::optional<Parser>& parser = parsing_->parser;
  if (!parser || parser->is_header_done()) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(limits_.head_bytes));
    // Bodies are refused below, by a status of their own.
    parser->body_limit(boost::none);
    parsing_->has_skipped_line = false;
    parsing_->has_request_line = false;
  }
  if (!parser->got_some() && !SkipEmptyLine()) return Outcome::kNeedsMore;
  beast::flat_buffer& buffer = parsing_->buffer;
  if (const int status = TakeRequestLine(); status != 0) return Refuse(status);
  if (HasFoldedLine(buffer)) return Refuse(400);
  boost::system::error_code error;
  buffer.consume(parser->put(buffer.data(), error));
  if (parser->is_header_done()) {
    const int objection = ObjectionTo(*parser, limits_);
    if (objection != 0) return Refuse(objection);
    parsing_->accept = Joined(parser->get(), http::field::accept);
    parsing_->accept_encoding = Joined(parser->get(), http::field::accept_encoding);
    return Outcome::kRequest;
  }
  const bool too_long = error == http::error::header_limit || buffer.size() == buffer.max_size();
  if (too_long) return Refuse(parser->get().target().empty() ? 414 : 431);
  return error == http::error::need_more ? Outcome::kNeedsMore : Refuse(400);
}

// Some clients end a request with one too many: RFC 9112, 2.2. False when it may be about to come.
bool RequestReader::SkipEmptyLine() {
  beast::flat_buffer& buffer = parsing_->buffer;
  const auto data = buffer.data();
  const std::string_view begin(static_cast<const char*>(data.data()), std::min<std::size_t>(data.size(), 2));
  if (parsing_->has_skipped_line || begin.empty() || begin.front() != '\r') return true;
  if (begin.size() < 2) return false;
  if (begin == "\r\n") {
    buffer.consume(begin.size());
    parsing_->has_skipped_line = true;
  }
  return true;
}

// Looks at the line once, when all of it is there. The status to refuse it with; 0 for none.
int RequestReader::TakeRequestLine() {
  if (parsing_->has_request_line) return 0;
  const auto data = parsing_->buffer.data();
  char* const begin = static_cast<char*>(data.data());
  const std::size_t end = std::string_view(begin, data.size()).find("\r\n");
  if (end == std::string_view::npos) return 0;
  parsing_->has_request_line = true;
  return MendVersion(begin, end);
}

RequestReader::Outcome RequestReader::Refuse(int status) {
  refusal_ = status;
  return Outcome::kRefused;
}

Request RequestReader::request() const {
  const auto& head = parsing_->parser->get();
  return {.method = ToView(head.method_string()),
          .target = ToView(head.target()),
          .accept = parsing_->accept,
          .accept_encoding = parsing_->accept_encoding,
          .authorization = ToView(head[http::field::authorization]),
          .scrape_timeout = ToView(head["X-Prometheus-Scrape-Timeout-Seconds"]),
          .traceparent = head.count(kTraceparent) == 1 ? ToView(head[kTraceparent]) : std::string_view()};
}

bool RequestReader::keeps_connection() const {
  return refusal_ == 0 && parsing_->parser->keep_alive() && !HasBody(*parsing_->parser);
}

bool RequestReader::wants_head_only() const {
  return parsing_->parser && parsing_->parser->get().method() == http::verb::head;
}

bool RequestReader::understands_chunks() const {
  return refusal_ == 0 && parsing_->parser->get().version() >= 11;
}

}  // namespace streamhouse::exporters
