#include "tests/exporters/fuzz/text_samples.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

char TakeCharacter(std::string_view& text) {
  Check(!text.empty(), "a line ends early");
  const char c = text.front();
  text.remove_prefix(1);
  return c;
}

char TakeEscaped(std::string_view& text) {
  const char c = TakeCharacter(text);
  Check(c == '\\' || c == '"' || c == 'n', "an escape that no format knows");
  return c == 'n' ? '\n' : c;
}

std::string TakeName(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsNameCharacter);
  std::string name(text.begin(), end);
  Check(!name.empty(), "a name is missing");
  text.remove_prefix(name.size());
  return name;
}

std::string TakeQuoted(std::string_view& text) {
  Check(TakeCharacter(text) == '"', "a label value is not quoted");
  std::string value;
  for (char c = TakeCharacter(text); c != '"'; c = TakeCharacter(text)) value += c == '\\' ? TakeEscaped(text) : c;
  return value;
}

std::string Unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const char c = TakeCharacter(text);
    plain += c == '\\' ? TakeEscaped(text) : c;
  }
  return plain;
}

TextSample ReadSample(std::string_view line) {
  TextSample sample;
  sample.name = TakeName(line);
  char next = TakeCharacter(line);
  if (next == '{') {
    do {
      std::string name = TakeName(line);
      Check(TakeCharacter(line) == '=', "a label without a value");
      sample.labels.emplace_back(std::move(name), TakeQuoted(line));
      next = TakeCharacter(line);
    } while (next == ',');
    Check(next == '}', "labels do not end");
    next = TakeCharacter(line);
  }
  Check(next == ' ' && !line.empty() && line.find(' ') == std::string_view::npos, "not one value on a line");
  sample.value = line;
  return sample;
}

// How many bytes a sequence has that starts so; 0 for none.
std::size_t SequenceBytes(unsigned char first) {
  return first < 0x80                    ? 1
         : first >= 0xC2 && first < 0xE0 ? 2
         : first >= 0xE0 && first < 0xF0 ? 3
         : first >= 0xF0 && first < 0xF5 ? 4
                                         : 0;
}

bool IsPoint(std::uint32_t point, std::size_t bytes) {
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = point >= 0xD800 && point < 0xE000;
  return point >= kSmallest[bytes] && point <= 0x10FFFF && !is_surrogate;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t bytes = SequenceBytes(first);
    if (bytes == 0 || bytes > text.size()) return false;
    std::uint32_t point = bytes == 1 ? first : first & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xC0U) != 0x80) return false;
      point = point << 6U | (byte & 0x3FU);
    }
    if (!IsPoint(point, bytes)) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

TextPageContent ReadTextPage(std::string_view page) {
  constexpr std::string_view kHelp = "# HELP ";
  Check(IsUtf8(page), "a page is not UTF-8");
  TextPageContent content;
  while (!page.empty()) {
    const std::size_t end = page.find('\n');
    Check(end != std::string_view::npos, "the last line has no end");
    const std::string_view line = page.substr(0, end);
    page.remove_prefix(end + 1);
    if (line.starts_with(kHelp)) {
      std::string_view rest = line.substr(kHelp.size());
      TakeName(rest);
      Check(TakeCharacter(rest) == ' ', "help is not separated from its name");
      content.helps.push_back(Unescaped(rest));
    } else if (line.starts_with('#')) {
      const bool is_known = line.starts_with("# TYPE ") || line.starts_with("# UNIT ") || line == "# EOF";
      Check(is_known, "a comment that no encoder writes");
    } else {
      content.samples.push_back(ReadSample(line));
    }
  }
  return content;
}

}  // namespace streamhouse::exporters
