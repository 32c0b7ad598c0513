#include "exporters/select/quoted_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

constexpr std::string_view kPlainEscapes = "abfnrtv\\";
constexpr std::string_view kPlainMeanings = "\a\b\f\n\r\t\v\\";

Status Refused(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

void AppendUtf8(std::uint32_t point, std::string& out) {
  const auto append = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return append(point);
  if (point < 0x800) {
    append(0xC0 | point >> 6);
  } else if (point < 0x10000) {
    append(0xE0 | point >> 12);
    append(0x80 | (point >> 6 & 0x3F));
  } else {
    append(0xF0 | point >> 18);
    append(0x80 | (point >> 12 & 0x3F));
    append(0x80 | (point >> 6 & 0x3F));
  }
  append(0x80 | (point & 0x3F));
}

// Takes exactly so many digits.
std::optional<std::uint32_t> TakeNumber(std::string_view& text, std::size_t digits, int base) {
  std::uint32_t number = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number, base);
  if (error != std::errc() || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

// Takes \ooo, \xhh, \uhhhh or \Uhhhhhhhh without its backslash; false where it is none.
bool TakeNumericEscape(std::string_view& text, std::string& out) {
  std::size_t digits = 3;
  int base = 8;
  const char kind = text.front();
  if (kind == 'x' || kind == 'u' || kind == 'U') {
    text.remove_prefix(1);
    digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
    base = 16;
  }
  const std::optional<std::uint32_t> number = TakeNumber(text, digits, base);
  if (!number) return false;
  if (kind == 'u' || kind == 'U') {
    const bool is_surrogate = *number >= 0xD800 && *number < 0xE000;
    if (*number > 0x10FFFF || is_surrogate) return false;
    AppendUtf8(*number, out);
    return true;
  }
  if (*number > 0xFF) return false;
  out += static_cast<char>(*number);
  return true;
}

// Takes an escape of a string in quotes `quote`, its backslash included.
bool TakeEscape(std::string_view& text, char quote, std::string& out) {
  const std::string_view begin = text;
  text.remove_prefix(1);
  if (!text.empty()) {
    const std::size_t plain = kPlainEscapes.find(text.front());
    if (text.front() == quote || plain != std::string_view::npos) {
      out += text.front() == quote ? quote : kPlainMeanings[plain];
      text.remove_prefix(1);
      return true;
    }
    if (TakeNumericEscape(text, out)) return true;
  }
  text = begin;
  return false;
}

}  // namespace

Result<std::string> TakeQuoted(std::string_view& text) {
  const std::string_view begin = text;
  const char quote = text.front();
  text.remove_prefix(1);
  std::string meant;
  while (!text.empty() && text.front() != quote && (quote == '`' || text.front() != '\n')) {
    if (quote != '`' && text.front() == '\\') {
      if (!TakeEscape(text, quote, meant)) return Refused("no such escape in a string");
      continue;
    }
    meant += text.front();
    text.remove_prefix(1);
  }
  if (text.empty() || text.front() != quote) {
    text = begin;
    return Refused("the string has no end");
  }
  text.remove_prefix(1);
  return meant;
}

}  // namespace streamhouse::exporters
