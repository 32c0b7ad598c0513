// SeriesValues: label values as a series has them: repaired, then cut to a size. The values given
// must outlive it.
//
// When to use something else: label_text.h makes a label text of them.
// Guarantees:
// 1. Each is UTF-8 and has at most the bytes that were asked for.
// 2. Values that differ before they are cut differ afterwards, but for equal hashes of 64 bits.
// Thread safety: a value.
// Cost: linear in the values; one that fits is not copied.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::metrics::internal {

// The end of a value that was cut: an ellipsis and 16 digits of the whole value's hash, which keeps
// different values apart. It is the same in every process.
inline constexpr std::size_t kCutMarkBytes = 19;

// `value`, of UTF-8, or where it has more bytes than `bytes_max` (kCutMarkBytes or more),
// `storage`, made of its first characters and the mark. `storage` may hold the value.
std::string_view ToLimitedSize(std::string_view value, std::size_t bytes_max, std::string& storage);

class SeriesValues {
 public:
  SeriesValues(std::span<const std::string_view> values, std::size_t bytes_max);
  SeriesValues(const SeriesValues&) = delete;
  SeriesValues& operator=(const SeriesValues&) = delete;

  std::span<const std::string_view> values() const { return values_; }
  // How many values were cut.
  std::size_t cut() const { return cut_; }

 private:
  std::size_t cut_ = 0;
  std::vector<std::string> storage_;
  std::vector<std::string_view> values_;
};

}  // namespace streamhouse::metrics::internal
