// The status line and headers of an HTTP response, as they go over the wire.
//
// Guarantees:
// 1. The head ends with its empty line; the body, framed as Framing says, may follow at once.
// 2. Each response forbids caches to keep it, and readers to guess another type than it has.
// 3. The response's own headers stand as they are, in their order: the caller has checked them.
// Thread safety: pure functions.
// Cost: one string.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "exporters/http/message/response.h"

namespace streamhouse::exporters {

// How a reader learns where the body ends.
enum class Framing : std::uint8_t {
  kLength,   // by Content-Length
  kChunked,  // by a last chunk
  kNone,     // by the end of the connection, for HTTP/1.0; or there is no body, for HEAD
};

struct ResponseHeadOptions {
  Framing framing = Framing::kLength;
  std::uint64_t content_length = 0;  // with kLength
  bool keep_alive = true;
  std::chrono::system_clock::time_point now;
};

std::string ResponseHead(const Response& response, const ResponseHeadOptions& options);

}  // namespace streamhouse::exporters
