// SeekPlace: a place in a log as the command line writes it: earliest, latest, an offset, or a time.
//
// A time is one of RFC 3339, such as 2026-11-28T18:00:00Z, or how long ago it was, such as 2h.
// When to use something else: client::SeekPlace is what it becomes.
// Thread safety: pure.
// Errors: InvalidArgument, naming the text and what is understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/group_operations.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

metrics::Result<client::SeekPlace> ParseSeekPlace(std::string_view text, std::int64_t now_ms);

// In milliseconds since the Unix epoch. Nothing unless it is a time of RFC 3339.
std::optional<std::int64_t> ParseRfc3339(std::string_view text);

}  // namespace streamhouse::apps
