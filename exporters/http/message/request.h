// Request: what the routes need to know of an HTTP request.
//
// Views: the parser of the request keeps it until Routes::Handle has returned.
// Thread safety: a value.
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
};

}  // namespace streamhouse::exporters
