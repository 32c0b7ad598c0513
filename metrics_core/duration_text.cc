#include "metrics_core/duration_text.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>

namespace streamhouse::metrics {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 5> kUnits = {{{.name = "d", .milliseconds = 86'400'000},
                                         {.name = "h", .milliseconds = 3'600'000},
                                         {.name = "m", .milliseconds = 60'000},
                                         {.name = "s", .milliseconds = 1'000},
                                         {.name = "ms", .milliseconds = 1}}};

}  // namespace

Result<milliseconds> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data(), end, number);
  const std::string_view name(parsed_to, static_cast<std::size_t>(end - parsed_to));
  for (const Unit& unit : kUnits) {
    if (error != std::errc() || number < 0 || name != unit.name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / unit.milliseconds) break;
    return milliseconds(number * unit.milliseconds);
  }
  return Status(StatusCode::kInvalidArgument,
                "\"" + std::string(text) + "\" is not a whole number with ms, s, m, h or d, such as 90s");
}

std::string FormatDuration(milliseconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.milliseconds != 0 || duration.count() == 0) continue;
    return std::to_string(duration.count() / unit.milliseconds).append(unit.name);
  }
  return "0s";
}

}  // namespace streamhouse::metrics
