// Response: what the server sends for an HTTP request; its page is produced while it is sent.
//
// When to use something else: PageSource (page_chunk.h), for a page without HTTP.
// Guarantees:
// 1. A response has a body or a page, not both. To HEAD, the server sends neither.
// 2. The snapshot of a page is taken when the page is first filled. A page that selects series has
//    its snapshot before, because the selection decides the status.
// Thread safety: a value.
// Cost: that of its body; a page takes one chunk at a time.
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
  std::string_view content_type = "text/plain; charset=utf-8";    // lives until the process ends
  std::vector<std::pair<std::string_view, std::string>> headers;  // the names live as long as the server
  std::string body;                                               // empty where there is a page
  std::unique_ptr<PageSource> page;                               // streamed; null where there is a body
  std::chrono::milliseconds page_time = {};                       // that sending the page may take
};

// A response of one line for people, for example "404 Not Found".
Response ErrorResponse(int status);

// "Not Found" for 404.
std::string_view ReasonPhrase(int status);

}  // namespace streamhouse::exporters
