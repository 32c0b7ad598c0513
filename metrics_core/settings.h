// Settings as people write them in flags, files and specifications of exporters: an address, a duration.
//
//   HOST:PORT   127.0.0.1:9090, localhost:0, [::1]:8080; an IPv6 address stands in brackets
//   duration    a whole number and its unit, ms, s, m, h or d: 250ms, 90s, 7d
//
// Guarantees: ToString() and FormatDuration() write what the parsers read.
// Thread safety: values and pure functions.
// Errors: InvalidArgument, which names the text and says what is understood.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

// The longest interval or time limit that a program accepts. Added to the present time in nanoseconds, it is far from
// overflow.
inline constexpr std::chrono::days kIntervalMax{365};

// Where to listen or connect.
struct HostPort {
  std::string host;        // without brackets
  std::uint16_t port = 0;  // 0, where a program listens: one that is free

  std::string ToString() const;
};

Result<HostPort> ParseHostPort(std::string_view text);

// Up to 2^63 - 1 ms. The caller checks its own upper limit.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// In the largest unit that leaves a whole number.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace streamhouse::metrics
