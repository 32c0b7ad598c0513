#include "agent/base/operator_log.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "metrics_core/text/json_text.h"

namespace streamhouse::agent {
namespace {

using metrics::JsonText;

OperatorLogOptions& Options() {
  static OperatorLogOptions options;
  return options;
}

std::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
    case LogLevel::kNone:
      break;
  }
  return "none";
}

using Breakdown = tm* (*)(const time_t*, tm*);

// Now, with milliseconds behind what strftime makes of `format`.
std::string TimeText(Breakdown break_down, const char* format) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now - seconds).count();
  const auto time = static_cast<time_t>(seconds.count());
  tm parts = {};
  break_down(&time, &parts);
  char text[64];
  return fmt::format("{}.{:03}", std::string_view(text, ::strftime(text, sizeof(text), format, &parts)), milliseconds);
}

// The names in a format text, as in "{topic} has {partitions:>3}", each once.
std::vector<std::string_view> FieldNames(std::string_view text) {
  std::vector<std::string_view> names;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    if (text.substr(at + 1).starts_with('{')) {
      ++at;
      continue;
    }
    const std::string_view name = text.substr(at + 1, text.find_first_of(":}", at) - at - 1);
    const bool is_number = name.empty() || (name.front() >= '0' && name.front() <= '9');
    if (!is_number && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

// Writes the value of one named argument.
struct FieldWriter {
  template <typename T>
  void operator()(const T& value) const {
    if constexpr (std::is_floating_point_v<T>) {
      json.Member(name, static_cast<double>(value));
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, char>) {
      json.Member(name, value);
    } else if constexpr (std::is_convertible_v<T, fmt::string_view>) {
      const fmt::string_view text = value;
      json.Member(name, std::string_view(text.data(), text.size()));
    } else {
      json.Member(name, fmt::vformat("{" + std::string(name) + "}", args));
    }
  }

  JsonText& json;
  std::string_view name;
  fmt::format_args args;
};

std::string JsonLine(LogLevel level, std::string_view message, fmt::string_view text, fmt::format_args args) {
  JsonText json;
  json.BeginObject().Member("time", TimeText(&::gmtime_r, "%Y-%m-%dT%H:%M:%S") + "Z");
  json.Member("level", NameOf(level)).Member("message", message);
  for (const std::string_view name : FieldNames({text.data(), text.size()})) {
    if (const auto arg = args.get(fmt::string_view(name))) fmt::visit_format_arg(FieldWriter{json, name, args}, arg);
  }
  return json.EndObject().text();
}

}  // namespace

void ConfigureOperatorLog(const OperatorLogOptions& options) {
  Options() = options;
}

void OperatorLogger::Write(LogLevel level, fmt::string_view text, fmt::format_args args) {
  const OperatorLogOptions& options = Options();
  if (level < options.level) return;
  std::string line = fmt::vformat(text, args);
  if (options.format == LogFormat::kJson) {
    line = JsonLine(level, line, text, args);
  } else {
    line = fmt::format("[{}] [agent] [{}] {}", TimeText(&::localtime_r, "%Y-%m-%d %H:%M:%S"), NameOf(level), line);
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

const OperatorLogger& OperatorLog() {
  static constexpr OperatorLogger kLog{};
  return kLog;
}

}  // namespace streamhouse::agent
