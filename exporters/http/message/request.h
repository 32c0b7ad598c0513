// Request: what the routes need to know of an HTTP request.
//
// When to use something else: the HTTP server's own type, for all that the routes do not read.
// Guarantees:
// 1. All fields are views into memory of the caller, who keeps it until Routes::Handle has
//    returned.
// 2. A header that the request does not have is empty.
// Thread safety: a value.
// Cost: copies no text.
#pragma once

#include <string_view>

namespace streamhouse::exporters {

struct Request {
  std::string_view method;  // as sent: "GET"
  std::string_view target;  // as sent: a path, and a query after '?'
  // Headers; several of the same name are joined by commas.
  std::string_view accept = {};
  std::string_view accept_encoding = {};
  std::string_view authorization = {};
  std::string_view scrape_timeout = {};  // X-Prometheus-Scrape-Timeout-Seconds
  std::string_view traceparent = {};     // as sent, by any client; empty where there is more than one
};

}  // namespace streamhouse::exporters
