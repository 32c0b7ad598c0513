// ParseRetryAfter: how long a receiver asks to wait, from its Retry-After header.
//
// Guarantees:
// 1. The result is from 0 to kRetryAfterMax, so that no receiver silences a program for good.
// 2. A date that has passed is 0.
// 3. A text that is neither seconds nor a date has no value.
// Thread safety: a pure function.
// Cost: linear in a text of some bytes.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace streamhouse::exporters {

inline constexpr std::chrono::minutes kRetryAfterMax{5};

// "120", or a date as HTTP has it: "Sun, 06 Nov 1994 08:49:37 GMT" and its two older forms.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view text,
                                                         std::chrono::system_clock::time_point now);

}  // namespace streamhouse::exporters
