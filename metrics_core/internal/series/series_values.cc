#include "metrics_core/internal/series/series_values.h"

#include <cstdint>
#include <utility>

#include "metrics_core/internal/series/label_hash.h"
#include "metrics_core/text/utf8.h"

namespace streamhouse::metrics::internal {
namespace {

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::string_view ToLimitedSize(std::string_view value, std::size_t bytes_max, std::string& storage) {
  if (value.size() <= bytes_max) return value;
  constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::uint64_t hash = HashBytes(kSeed, value);
  std::size_t kept = bytes_max - kCutMarkBytes;
  while (kept > 0 && IsContinuation(value[kept])) --kept;
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

}  // namespace streamhouse::metrics::internal
