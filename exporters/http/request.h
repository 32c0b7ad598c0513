// Request: what the routes need to know of an HTTP request.
//
// Views: whoever parsed the request keeps it until Routes::Handle has returned. Thread safety: a value.
#pragma once

#include <string_view>

namespace streamhouse::exporters {

struct Request {
  std::string_view method;  // as sent: "GET"
  std::string_view target;  // as sent: a path, and a query after '?'
  std::string_view accept;  // the Accept header; several of them joined by commas
};

}  // namespace streamhouse::exporters
