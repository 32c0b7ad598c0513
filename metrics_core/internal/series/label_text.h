// Label text: the labels of one series as they stand between the braces of a page.
//
// It is name="value",name="value" with \ " and newline escaped, in the order of the family's label
// names. A name that is no legacy name stands in quotes. The text is kept once: it is the identity
// of a series, and the bytes that encoders copy.
// Guarantees:
// 1. A label text is UTF-8.
// 2. Each bad byte of a value is replaced by U+FFFD, as other bytes would make a scraper refuse the
//    whole page.
// Thread safety: pure functions, and a value.
// Cost: linear in the values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::metrics::internal {

// The names as they stand in a label text.
std::vector<std::string> QuotedLabelNames(std::span<const std::string> names);

// `names` are quoted.
std::string MakeLabelText(std::span<const std::string> names, std::span<const std::string_view> values);

// The end of a value that was cut: an ellipsis and 16 digits of the whole value's hash, which keeps
// different values apart. It is the same in every process.
inline constexpr std::size_t kCutMarkBytes = 19;

// `value`, of UTF-8, or where it has more bytes than `bytes_max` (kCutMarkBytes or more),
// `storage`, made of its first characters and the mark. `storage` may hold the value.
std::string_view ToLimitedSize(std::string_view value, std::size_t bytes_max, std::string& storage);

// Label values as a series has them: repaired, then cut to a size. The values given must outlive
// it.
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
