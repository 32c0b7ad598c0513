// What the query of a request asks for.
//
// Guarantees:
// 1. Values are in the order of the query; the same value twice is there twice.
// 2. A malformed value of another key is no error.
// Thread safety: pure functions.
// Cost: linear in the query.
// Errors: InvalidArgument, naming the key, never its values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

// More names cost more than a scraper that wants them could save.
inline constexpr std::size_t kQueryNamesMax = 100;

// The decoded values of `key`, which may be encoded itself ("name%5B%5D"); a plus is a blank, as in
// forms and in Go. An error where a value is malformed, or where there are more than `values_max`.
metrics::Result<std::vector<std::string>> QueryValues(std::string_view query, std::string_view key,
                                                      std::size_t values_max);

// Whether `key` occurs as it is, not encoded, with or without a value.
bool HasQueryKey(std::string_view query, std::string_view key);

}  // namespace streamhouse::exporters
