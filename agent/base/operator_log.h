// OperatorLog: the agent's log for operators and for log collectors: one line on standard error for
// each event that is worth an operator's time.
//
// When to use something else: a metric, for events that happen often. An event that requests can
// cause is not logged once per request.
// Guarantees:
// 1. No record's key or value ever appears.
// 2. A line is written whole.
// 3. With LogFormat::kJson a line is one JSON object with the members time (RFC 3339, UTC), level,
//    message, and one for each named argument: a number or a string.
// Thread safety: any thread; ConfigureOperatorLog once, before other threads log.
// Cost: formats and writes at once.
//
//   using fmt::literals::operator""_a;
//   OperatorLog().info("topic {topic} has {partitions} partitions", "topic"_a = name, "partitions"_a = count);
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace streamhouse::agent {

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError, kNone };

enum class LogFormat : std::uint8_t {
  kText,  // [2026-11-29 09:30:00.125] [agent] [warning] leases not renewed: …; the time is local
  kJson,  // {"time":"2026-11-29T08:30:00.125Z","level":"warning","message":"leases not renewed: …","error":"…"}
};

struct OperatorLogOptions {
  LogLevel level = LogLevel::kInfo;  // and above; kNone: no line at all
  LogFormat format = LogFormat::kText;
};

void ConfigureOperatorLog(const OperatorLogOptions& options);

class OperatorLogger {
 public:
  template <typename... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) const {
    Write(LogLevel::kInfo, text, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) const {
    Write(LogLevel::kWarning, text, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void error(fmt::format_string<Args...> text, Args&&... args) const {
    Write(LogLevel::kError, text, fmt::make_format_args(args...));
  }

 private:
  static void Write(LogLevel level, fmt::string_view text, fmt::format_args args);
};

// Lives until the process ends.
const OperatorLogger& OperatorLog();

}  // namespace streamhouse::agent
