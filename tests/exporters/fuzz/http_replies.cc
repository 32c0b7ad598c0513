#include "tests/exporters/fuzz/http_replies.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

constexpr std::string_view kLineEnd = "\r\n";

std::string_view TakeLine(std::string_view& bytes) {
  const std::size_t end = bytes.find(kLineEnd);
  Check(end != std::string_view::npos, "a line of a reply has no end");
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + kLineEnd.size());
  return line;
}

std::string_view TakeBytes(std::string_view& bytes, std::size_t n) {
  Check(bytes.size() >= n, "a body is shorter than declared");
  const std::string_view taken = bytes.substr(0, n);
  bytes.remove_prefix(n);
  return taken;
}

std::size_t Number(std::string_view text, int base) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  Check(error == std::errc() && end == text.data() + text.size(), "not a number where a reply needs one");
  return number;
}

struct BodyFraming {
  bool is_chunked = false;
  bool has_length = false;
  std::size_t length = 0;
};

void ReadHeader(std::string_view line, BodyFraming& framing) {
  const std::size_t colon = line.find(": ");
  const std::string_view name = line.substr(0, colon);
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  Check(colon != std::string_view::npos && is_name, "a header without a name");
  const std::string_view value = line.substr(colon + 2);
  Check(std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c != '\x7F'; }),
        "a control character in a header");
  if (name == "Transfer-Encoding") framing.is_chunked = value == "chunked";
  if (name == "Content-Length") {
    Check(!framing.has_length, "two lengths");
    framing.has_length = true;
    framing.length = Number(value, 10);
  }
}

std::string TakeChunks(std::string_view& bytes) {
  std::string body;
  while (true) {
    const std::size_t size = Number(TakeLine(bytes), 16);
    body += TakeBytes(bytes, size);
    Check(TakeLine(bytes).empty(), "a chunk is longer than it says");
    if (size == 0) return body;
  }
}

// Without `has_body`: it has one unless nothing follows.
WireReply TakeReply(std::string_view& bytes, std::optional<bool> has_body) {
  WireReply reply;
  const std::string_view status_line = TakeLine(bytes);
  Check(status_line.starts_with("HTTP/1.1 ") && status_line.size() > 13, "not a status line");
  reply.status = static_cast<int>(Number(status_line.substr(9, 3), 10));
  BodyFraming framing;
  for (std::string_view line = TakeLine(bytes); !line.empty(); line = TakeLine(bytes)) {
    ReadHeader(line, framing);
    if (!line.starts_with("Date: ")) reply.head.append(line).append("\n");
  }
  Check(!(framing.is_chunked && framing.has_length), "a body is framed in two ways");
  if (!has_body.value_or(!bytes.empty())) return reply;
  if (framing.is_chunked) {
    reply.body = TakeChunks(bytes);
  } else {
    // Without a length, the end of the connection is the end of the body.
    reply.body = TakeBytes(bytes, framing.has_length ? framing.length : bytes.size());
  }
  return reply;
}

}  // namespace

std::vector<WireReply> ReadReplies(std::string_view bytes, const std::vector<bool>& has_body) {
  std::vector<WireReply> replies;
  while (!bytes.empty()) {
    const std::size_t place = replies.size();
    replies.push_back(TakeReply(bytes, place < has_body.size() ? std::optional<bool>(has_body[place]) : std::nullopt));
  }
  return replies;
}

}  // namespace streamhouse::exporters
