// HttpRequest: what an exporter sends to its receiver.
//
// When to use something else: message/request.h, for a request to a server of this program.
// Guarantees: all fields are views, whose texts outlive the call that takes the request.
// Thread safety: a value.
// Cost: copies no text.
//
//   receiver.Send({.path = "/v1/metrics", .content_type = "application/x-protobuf", .body = body}, deadline);
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/ascii_case.h"
#include "exporters/encoding/page_chunk.h"

namespace streamhouse::exporters {

struct HttpRequest {
  std::string_view method = "POST";
  std::string_view path;                   // with its escapes, and a query: "/api/v1/write"
  std::string_view content_type = {};      // empty: no such header
  std::string_view content_encoding = {};  // empty: no such header
  std::vector<std::pair<std::string_view, std::string_view>> fields = {};  // further headers
  // More of them, whose values no message has, nor the excerpt of a response.
  std::vector<std::pair<std::string_view, std::string_view>> secret_fields = {};
  std::string_view body = {};

  // In place of `body`, for one that is too large to hold: called for each attempt. The chunks are
  // sent as they are made (Transfer-Encoding: chunked).
  std::function<std::unique_ptr<PageSource>()> make_body = {};
};

// Whether a header is one that an HttpRequest has by itself, so that no operator may set it.
inline bool IsFrameHeader(std::string_view name) {
  constexpr std::array<std::string_view, 10> kOwn = {
      "Host", "User-Agent", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding",
      "TE",   "Expect",     "Upgrade"};
  return std::any_of(kOwn.begin(), kOwn.end(), [name](std::string_view own) { return EqualsIgnoringCase(name, own); });
}

}  // namespace streamhouse::exporters
