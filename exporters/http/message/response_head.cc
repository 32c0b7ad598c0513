#include "exporters/http/message/response_head.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace streamhouse::exporters {
namespace {

constexpr std::string_view kContentTypeOptions = "X-Content-Type-Options";

bool HasHeader(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

}  // namespace

std::string ResponseHead(const Response& response, const ResponseHeadOptions& options) {
  std::string head;
  const auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", response.status, ReasonPhrase(response.status));
  fmt::format_to(out, "Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n",
                 fmt::gmtime(std::chrono::system_clock::to_time_t(options.now)));
  fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
  if (options.framing == Framing::kLength) fmt::format_to(out, "Content-Length: {}\r\n", options.content_length);
  if (options.framing == Framing::kChunked) head += "Transfer-Encoding: chunked\r\n";
  // A proxy or browser must neither keep a page nor guess that it is something else than it says.
  head += "Cache-Control: no-store\r\n";
  if (!HasHeader(response, kContentTypeOptions)) fmt::format_to(out, "{}: nosniff\r\n", kContentTypeOptions);
  for (const auto& [name, value] : response.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  head += options.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

}  // namespace streamhouse::exporters
