// What the query of a request asks for.
//
// Thread safety: pure functions.
// Cost: linear in the query.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {

// More names cost more than a scraper that wants them could save.
inline constexpr std::size_t kQueryNamesMax = 100;

// The decoded values of `key`, which may be encoded itself ("name%5B%5D"); a plus is a blank, as in
// forms and in Go. No value where one is malformed, or there are more than kQueryNamesMax.
std::optional<std::vector<std::string>> QueryValues(std::string_view query, std::string_view key);

// Whether `key` occurs, with or without a value.
bool HasQueryKey(std::string_view query, std::string_view key);

}  // namespace streamhouse::exporters
