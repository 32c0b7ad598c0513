#include "metrics_core/text/utf8.h"

#include <cstddef>

namespace streamhouse::metrics {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsContinuation(unsigned char c) {
  return (c & 0xC0) == 0x80;
}

// The length of the well-formed sequence (Unicode 15, table 3-7) at the start of `s`, or 0.
std::size_t SequenceLength(std::string_view s) {
  const auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4 || !IsContinuation(static_cast<unsigned char>(byte(1)))) return 0;
  if (lead < 0xE0) return 2;
  if (!IsContinuation(static_cast<unsigned char>(byte(2)))) return 0;
  if (lead < 0xF0) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (!IsContinuation(static_cast<unsigned char>(byte(3)))) return 0;
  const bool overlong = lead == 0xF0 && byte(1) < 0x90;
  const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
  return overlong || beyond ? 0 : 4;
}

// Number of leading bytes that are valid UTF-8.
std::size_t ValidPrefix(std::string_view text) {
  std::size_t good = 0;
  while (good < text.size()) {
    const std::size_t length = SequenceLength(text.substr(good));
    if (length == 0) break;
    good += length;
  }
  return good;
}

}  // namespace

bool IsValidUtf8(std::string_view text) noexcept {
  return ValidPrefix(text) == text.size();
}

std::string_view ToValidUtf8(std::string_view text, std::string& storage) {
  std::size_t good = ValidPrefix(text);
  if (good == text.size()) return text;
  storage.assign(text.substr(0, good));
  while (good < text.size()) {
    const std::size_t length = SequenceLength(text.substr(good));
    storage += length == 0 ? kReplacement : text.substr(good, length);
    good += length == 0 ? 1 : length;
  }
  return storage;
}

}  // namespace streamhouse::metrics
