// PercentDecode and PercentEncodePath: texts of URLs, where %XX stands for a byte.
//
// When to use something else: name_escaping.h, for names of metrics.
// Guarantees:
// 1. PercentDecode reads what PercentEncodePath writes.
// 2. A '+' stays a '+'.
// Thread safety: pure functions.
// Cost: linear in the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::metrics {

// `text` with each %XX replaced by its byte, or no value where a '%' is followed by anything else.
std::optional<std::string> PercentDecode(std::string_view text);

// A path as a URL has it: what may not stand there as "%XX".
std::string PercentEncodePath(std::string_view path);

}  // namespace streamhouse::metrics
