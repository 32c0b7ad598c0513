#include "exporters/http/access/go_duration.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

namespace streamhouse::exporters {
namespace {

// "ms" stands before "m".
constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
    {"ns", 1},         {"us", 1'000},        {"\u00b5s", 1'000},    {"\u03bcs", 1'000},
    {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000},
};

// Nanoseconds of the unit; 0 where there is none.
std::int64_t TakeUnit(std::string_view& text) {
  for (const auto& [name, nanoseconds] : kUnits) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return nanoseconds;
  }
  return 0;
}

}  // namespace

std::optional<std::chrono::nanoseconds> ParseGoDuration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return std::nullopt;
  long double total = 0;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
    long double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + size, number, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + size) return std::nullopt;
    text.remove_prefix(size);
    const std::int64_t unit = TakeUnit(text);
    if (unit == 0) return std::nullopt;
    total += number * static_cast<long double>(unit);
  }
  if (total > static_cast<long double>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

}  // namespace streamhouse::exporters
