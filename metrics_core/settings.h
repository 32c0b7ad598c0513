// Settings as people write them in flags, files and specifications of exporters: an address, a
// duration.
//
//   HOST:PORT   127.0.0.1:9090, localhost:0, [::1]:8080; an IPv6 address stands in brackets, and there is always a host
//   duration    a whole number and its unit, ms, s, m, h or d: 250ms, 90s, 7d
//
// When to use something else: ParseExporterSpec (exporters/exporter_spec.h) for all of an
// exporter's line.
// Guarantees: the parsers read what ToString() and FormatDuration() write of a host that is not
// empty and of a duration that is not negative.
// Thread safety: values and pure functions.
// Cost: linear in the text.
// Errors: InvalidArgument, which names the text and says what is understood.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

// The longest interval or time limit that a program accepts. Added to the present time in
// nanoseconds, it is far from overflow.
inline constexpr std::chrono::days kIntervalMax{365};

// Where to listen or connect.
struct HostPort {
  std::string host;        // without brackets
  std::uint16_t port = 0;  // 0, where a program listens: one that is free

  std::string ToString() const;
};

Result<HostPort> ParseHostPort(std::string_view text);

// 0 to 2^63 - 1 ms. The caller checks its own limits: zero passes.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// In the largest unit that leaves a whole number; zero is "0s".
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace streamhouse::metrics
