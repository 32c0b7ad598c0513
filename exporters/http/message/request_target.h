// RequestTarget: what an HTTP request names, taken apart: its path and its query.
//
// Guarantees:
// 1. The path is decoded once, and never interpreted: "/a/../b" and "//b" are not "/b".
// 2. A target that is malformed has no value.
// Thread safety: pure functions.
// Cost: linear in the target.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::exporters {

struct RequestTarget {
  std::string path;        // decoded, starts with '/'
  std::string_view query;  // as sent, a view into the target
};

// Origin form ("/metrics?a=b") and absolute form ("http://host/metrics", "HTTP://host?a=b").
std::optional<RequestTarget> ParseRequestTarget(std::string_view target);

}  // namespace streamhouse::exporters
