// ParseDuration(), FormatDuration(): a duration as people write it in flags, files and
// specifications of exporters.
//
//   250ms, 90s, 7d   a whole number and its unit: ms, s, m, h or d
//
// When to use something else: exporters/http/access/go_duration.h, for files that Go programs read.
// Guarantees: ParseDuration() reads what FormatDuration() writes of a duration that is not
// negative.
// Thread safety: pure functions.
// Cost: linear in the text.
// Errors: InvalidArgument, which names the text and says what is understood.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

// The longest interval or time limit that a program accepts. Added to the present time in
// nanoseconds, it is far from overflow.
inline constexpr std::chrono::days kIntervalMax{365};

// 0 to 2^63 - 1 ms. The caller checks its own limits: zero passes.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// In the largest unit that leaves a whole number; zero is "0s".
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace streamhouse::metrics
