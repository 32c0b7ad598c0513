#include "apps/top/cell_text.h"

#include <fmt/core.h>
#include <wchar.h>

#include <algorithm>
#include <cmath>
#include <cwchar>
#include <span>

namespace streamhouse::apps {
namespace {

constexpr std::string_view kUnknown = "-";
// Numbers outside these have an exponent.
constexpr double kShortMax = 1e6;
constexpr double kShortMin = 1e-4;

struct Character {
  std::size_t bytes = 1;
  int columns = -1;  // below 1: it cannot be shown
};

// The first character of `text`, which is not empty.
Character FirstOf(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {.bytes = 1, .columns = first >= 0x20 && first != 0x7F ? 1 : -1};
  std::mbstate_t state = {};
  wchar_t wide = 0;
  const std::size_t bytes = std::mbrtowc(&wide, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {};  // no character of the locale
  return {.bytes = bytes, .columns = std::min(2, ::wcwidth(wide))};
}

// Three digits that count; two where there is an exponent. At most 8 columns, 9 below 0.
std::string Short(double value) {
  const double size = std::fabs(value);
  if (size >= kShortMax || (size > 0 && size < kShortMin)) return fmt::format("{:.2g}", value);
  if (size >= 100) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

struct Scale {
  double least;  // the smallest number that is told in this unit
  double size;
  std::string_view unit;
};

// `scales` begins with the largest; the last one is for all that is smaller.
std::string Scaled(double value, std::span<const Scale> scales) {
  // What rounds to 1000 of a unit is 1 of the next.
  const auto fits = [&](const Scale& scale) { return std::fabs(value) >= scale.least * 0.9995; };
  const auto found = std::find_if(scales.begin(), scales.end() - 1, fits);
  return Short(value / found->size) + std::string(found->unit);
}

// The words for what is no finite number; empty for others.
std::string WordFor(std::optional<double> number) {
  if (!number || std::isnan(*number)) return std::string(kUnknown);
  if (std::isinf(*number)) return *number > 0 ? "inf" : "-inf";
  return {};
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Character first = FirstOf(text);
    if (first.columns < 1) {
      shown += '?';
    } else {
      shown += text.substr(0, first.bytes);
    }
    text.remove_prefix(first.bytes);
  }
  return shown;
}

std::size_t Columns(std::string_view printable) {
  std::size_t columns = 0;
  while (!printable.empty()) {
    const Character first = FirstOf(printable);
    columns += static_cast<std::size_t>(std::max(1, first.columns));
    printable.remove_prefix(first.bytes);
  }
  return columns;
}

std::string CutToColumns(std::string_view printable, std::size_t columns_max) {
  if (Columns(printable) <= columns_max) return std::string(printable);
  std::string cut;
  for (std::size_t columns = 0; columns_max > 0;) {
    const Character first = FirstOf(printable);
    columns += static_cast<std::size_t>(std::max(1, first.columns));
    if (columns >= columns_max) return cut + '~';
    cut += printable.substr(0, first.bytes);
    printable.remove_prefix(first.bytes);
  }
  return cut;
}

std::string FormatCount(std::optional<double> number) {
  static constexpr Scale kScales[] = {{1e15, 1, ""},   {1e12, 1e12, "T"}, {1e9, 1e9, "G"},
                                      {1e6, 1e6, "M"}, {1e4, 1e3, "k"},   {1, 1, ""}};
  if (std::string word = WordFor(number); !word.empty()) return word;
  return Scaled(*number, kScales);
}

std::string FormatBytes(std::optional<double> bytes) {
  static constexpr Scale kScales[] = {{0x1p40, 0x1p40, " TiB"},
                                      {0x1p30, 0x1p30, " GiB"},
                                      {0x1p20, 0x1p20, " MiB"},
                                      {0x1p10, 0x1p10, " KiB"},
                                      {1, 1, " B"}};
  if (std::string word = WordFor(bytes); !word.empty()) return word;
  return Scaled(*bytes, kScales);
}

std::string FormatSeconds(std::optional<double> seconds) {
  static constexpr Scale kScales[] = {{2 * 86400, 86400, " d"}, {2 * 3600, 3600, " h"},
                                      {2 * 60, 60, " min"},     {1, 1, " s"},
                                      {1e-3, 1e-3, " ms"},      {1e-6, 1e-6, " us"}};
  if (std::string word = WordFor(seconds); !word.empty()) return word;
  if (*seconds == 0) return "0 s";
  return Scaled(*seconds, kScales);
}

std::string FormatRatio(std::optional<double> ratio) {
  if (std::string word = WordFor(ratio); !word.empty()) return word;
  return Short(*ratio * 100) + " %";
}

}  // namespace streamhouse::apps
