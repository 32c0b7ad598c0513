#include "metrics_core/text/json_text.h"

#include <charconv>
#include <cmath>

#include "metrics_core/text/utf8.h"

namespace streamhouse::metrics {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool IsControl(unsigned char c) {
  return c < 0x20 || c == 0x7F;
}

// Unicode's second row of control characters, U+0080 to U+009F, in two bytes: a terminal may obey
// them.
bool BeginsWithControlOfC1(std::string_view text) {
  return text.size() >= 2 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0;
}

}  // namespace

// What stands before a key or a value says whether a comma is needed: a string ends with a quote,
// never with a bracket.
void JsonText::Separate() {
  if (text_.empty() || text_.back() == '{' || text_.back() == '[' || text_.back() == ':') return;
  text_ += ',';
}

JsonText& JsonText::Open(char bracket) {
  Separate();
  text_ += bracket;
  return *this;
}

JsonText& JsonText::Close(char bracket) {
  text_ += bracket;
  return *this;
}

JsonText& JsonText::Key(std::string_view name) {
  Separate();
  AppendString(name);
  text_ += ':';
  return *this;
}

JsonText& JsonText::Literal(std::string_view text) {
  Separate();
  text_ += text;
  return *this;
}

JsonText& JsonText::Value(std::string_view text) {
  Separate();
  AppendString(text);
  return *this;
}

JsonText& JsonText::Value(double number) {
  if (!std::isfinite(number)) return Null();
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
  return Literal({digits, end});
}

void JsonText::AppendCode(unsigned char code) {
  text_ += {'\\', 'u', '0', '0', kHexDigits[code >> 4], kHexDigits[code & 0xF]};
}

void JsonText::AppendString(std::string_view text) {
  std::string storage;
  text_ += '"';
  for (std::string_view rest = ToValidUtf8(text, storage); !rest.empty(); rest.remove_prefix(1)) {
    const char c = rest.front();
    if (c == '"' || c == '\\') {
      text_ += {'\\', c};
    } else if (c == '\n') {
      text_ += "\\n";
    } else if (IsControl(static_cast<unsigned char>(c))) {
      AppendCode(static_cast<unsigned char>(c));
    } else if (BeginsWithControlOfC1(rest)) {
      rest.remove_prefix(1);
      AppendCode(static_cast<unsigned char>(rest.front()));
    } else {
      text_ += c;
    }
  }
  text_ += '"';
}

}  // namespace streamhouse::metrics
