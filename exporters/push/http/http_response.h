// HttpResponse: what a receiver said to a request.
//
// When to use something else: HttpSender, which turns responses into a Status and into retries.
// Guarantees:
// 1. Owns its texts.
// 2. `status` is 200 or more (response_reader.h).
// Thread safety: a value.
// Cost: a copy of what the receiver sent, within the limits of response_reader.h.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/ascii_case.h"

namespace streamhouse::exporters {

struct HttpResponse {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> fields = {};  // headers, in their order
  std::string body = {};
  std::optional<std::chrono::milliseconds> retry_after = {};  // that the receiver asks to wait (retry_after.h)
  // Whether the body repeats a secret of the request: then no message may have a part of it.
  bool tells_secret = false;
  // The first line of the body where it is text, cut short: for messages. Where the body repeats a
  // secret, it says that instead.
  std::string excerpt = {};

  bool is_success() const { return status >= 200 && status < 300; }

  // The value of the first header of that name, in upper or lower case; nullopt without such a
  // header.
  std::optional<std::string_view> Field(std::string_view name) const {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return EqualsIgnoringCase(field.first, name); });
    if (found == fields.end()) return std::nullopt;
    return found->second;
  }
};

}  // namespace streamhouse::exporters
