// ParseGoDuration: a duration as Go has it: 1m30s, 1.5h, 200us, 0.
//
// When to use something else: ParseDuration (metrics_core/duration_text.h) for the project's own
// settings, which have one unit.
// Guarantees: takes what time.ParseDuration takes, but for a sign and for digits beyond
// nanoseconds.
// Thread safety: pure.
// Cost: linear in the text.
// Errors: no value for other texts, and for more than std::chrono::nanoseconds::max(), 292 years.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace streamhouse::exporters {

std::optional<std::chrono::nanoseconds> ParseGoDuration(std::string_view text);

}  // namespace streamhouse::exporters
