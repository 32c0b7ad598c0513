#include "metrics_core/internal/series/label_text.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "metrics_core/internal/series/label_hash.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/naming/text_escaping.h"

namespace streamhouse::metrics::internal {
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

// How many bytes are UTF-8 before the first that is not.
std::size_t ValidPrefix(std::string_view value) {
  std::size_t good = 0;
  while (good < value.size()) {
    const std::size_t length = SequenceLength(value.substr(good));
    if (length == 0) break;
    good += length;
  }
  return good;
}

}  // namespace

bool IsValidUtf8(std::string_view value) noexcept {
  return ValidPrefix(value) == value.size();
}

std::string_view ToValidUtf8(std::string_view value, std::string& storage) {
  std::size_t good = ValidPrefix(value);
  if (good == value.size()) return value;
  storage.assign(value.substr(0, good));
  while (good < value.size()) {
    const std::size_t length = SequenceLength(value.substr(good));
    storage += length == 0 ? kReplacement : value.substr(good, length);
    good += length == 0 ? 1 : length;
  }
  return storage;
}

std::string_view ToLimitedSize(std::string_view value, std::size_t bytes_max, std::string& storage) {
  if (value.size() <= bytes_max) return value;
  constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::uint64_t hash = HashBytes(kSeed, value);
  std::size_t kept = bytes_max - kCutMarkBytes;
  while (kept > 0 && IsContinuation(static_cast<unsigned char>(value[kept]))) --kept;
  std::string cut(value.substr(0, kept));
  cut += "\xE2\x80\xA6";
  for (int shift = 60; shift >= 0; shift -= 4) cut += kDigits[hash >> shift & 0xF];
  storage = std::move(cut);
  return storage;
}

SeriesValues::SeriesValues(std::span<const std::string_view> values, std::size_t bytes_max)
    : storage_(values.size()), values_(values.begin(), values.end()) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string_view repaired = ToValidUtf8(values[i], storage_[i]);
    cut_ += repaired.size() > bytes_max ? 1 : 0;
    values_[i] = ToLimitedSize(repaired, bytes_max, storage_[i]);
  }
}

std::vector<std::string> QuotedLabelNames(std::span<const std::string> names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(QuotedLabelName(name));
  return quoted;
}

std::string MakeLabelText(std::span<const std::string> names, std::span<const std::string_view> values) {
  std::string text;
  std::string repaired;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += ',';
    text += names[i];
    text += "=\"";
    AppendEscaped(ToValidUtf8(values[i], repaired), QuoteEscaping::kEscaped, text);
    text += '"';
  }
  return text;
}

}  // namespace streamhouse::metrics::internal
