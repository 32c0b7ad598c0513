// Response: the answer to an HTTP request, of which a page is produced while it is sent.
//
// To HEAD, neither body nor page is sent. Nothing is collected before a page is first filled.
// Thread safety: a value.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/page_chunk.h"

namespace streamhouse::exporters {

struct Response {
  int status = 200;
  std::string_view content_type = "text/plain; charset=utf-8";         // lives until the process ends
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // live as long as the server
  std::string body;                                                    // either what is small and at hand,
  std::unique_ptr<PageSource> page;                                    // or what is streamed; null if it is the body
  std::chrono::milliseconds page_time = {};                            // that sending the page may take
};

// A response of one line for people, for example "404 Not Found".
Response ErrorResponse(int status);

// "Not Found" for 404.
std::string_view ReasonPhrase(int status);

}  // namespace streamhouse::exporters
