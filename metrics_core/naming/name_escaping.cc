#include "metrics_core/naming/name_escaping.h"

#include <charconv>
#include <cstddef>

#include "metrics_core/text/text_escaping.h"

namespace streamhouse::metrics {
namespace {

enum class NameKind : std::uint8_t { kMetric, kLabel };
enum class Place : std::uint8_t { kFirst, kLater };
enum class Legality : std::uint8_t { kLegal, kIllegal };

// Takes the first code point off `rest`, which is UTF-8.
char32_t TakeCodePoint(std::string_view& rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code_point = bytes == 1 ? lead : lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes && i < rest.size(); ++i) {
    code_point = code_point << 6U | (static_cast<unsigned char>(rest[i]) & 0x3FU);
  }
  rest.remove_prefix(bytes < rest.size() ? bytes : rest.size());
  return code_point;
}

Legality LegalityOf(char32_t c, Place place, NameKind kind) {
  const bool is_letter = (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || c == U'_';
  const bool is_digit = c >= U'0' && c <= U'9';
  const bool is_colon = c == U':' && kind == NameKind::kMetric;
  return is_letter || is_colon || (is_digit && place == Place::kLater) ? Legality::kLegal : Legality::kIllegal;
}

void AppendEscaped(char32_t c, Legality legality, NameEscaping escaping, std::string& out) {
  const bool is_legal = legality == Legality::kLegal;
  if (escaping == NameEscaping::kUnderscores) {
    out += is_legal ? static_cast<char>(c) : '_';
  } else if (c == U'_') {
    out += "__";
  } else if (is_legal) {
    out += static_cast<char>(c);
  } else if (escaping == NameEscaping::kDots) {
    out += c == U'.' ? "_dot_" : "__";
  } else {
    constexpr int kHexadecimal = 16;
    char digits[8];
    out += '_';
    out.append(digits, std::to_chars(digits, digits + sizeof(digits), std::uint32_t{c}, kHexadecimal).ptr);
    out += '_';
  }
}

std::string Escape(std::string_view name, NameEscaping escaping, NameKind kind) {
  std::string escaped = escaping == NameEscaping::kValues ? "U__" : "";
  for (std::string_view rest = name; !rest.empty();) {
    const Place place = rest.size() == name.size() ? Place::kFirst : Place::kLater;
    const char32_t c = TakeCodePoint(rest);
    AppendEscaped(c, LegalityOf(c, place, kind), escaping, escaped);
  }
  return escaped;
}

std::string EscapeUnlessLegal(std::string_view name, NameEscaping escaping, NameKind kind) {
  // A name that escaping to underscores leaves unchanged is legal.
  std::string underscored = Escape(name, NameEscaping::kUnderscores, kind);
  if (escaping == NameEscaping::kUnderscores || underscored == name) return underscored;
  return escaping == NameEscaping::kNone ? std::string(name) : Escape(name, escaping, kind);
}

std::string QuoteUnlessLegal(std::string_view name, NameKind kind) {
  if (Escape(name, NameEscaping::kUnderscores, kind) == name) return std::string(name);
  std::string quoted = "\"";
  AppendEscaped(name, QuoteEscaping::kEscaped, quoted);
  return quoted + '"';
}

}  // namespace

std::string EscapeMetricName(std::string_view name, NameEscaping escaping) {
  return EscapeUnlessLegal(name, escaping, NameKind::kMetric);
}

std::string EscapeLabelName(std::string_view name, NameEscaping escaping) {
  return EscapeUnlessLegal(name, escaping, NameKind::kLabel);
}

std::string QuotedMetricName(std::string_view name) {
  return QuoteUnlessLegal(name, NameKind::kMetric);
}

std::string QuotedLabelName(std::string_view name) {
  return QuoteUnlessLegal(name, NameKind::kLabel);
}

}  // namespace streamhouse::metrics
