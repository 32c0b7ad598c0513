// Series: one label set of a family: its key, and the run of cells that holds its value.
//
// The key is one block of memory: a length for each label value, then the label text. A length is
// that of the value where the text has the value unchanged. It is kEscaped for a value that had to
// be escaped, or is very long. So two short comparisons a label decide whether values are those of
// a series.
// Invariants:
// 1. A series that others can find does not change.
// Thread safety: any thread may read a series that it can find.
// Cost: 16 bytes, and its key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/series/label_hash.h"

namespace streamhouse::metrics::internal {

struct Series {
  static constexpr std::uint16_t kEscaped = UINT16_MAX;

  // A new key. The values are UTF-8, and `text` is their label text.
  static const char* MakeKey(std::span<const std::string_view> values, std::string_view text);
  static void FreeKey(const Series& series, std::size_t labels) noexcept;

  std::string_view text() const { return {text_data, text_size}; }

  // `prefix_sizes` are those of `name="` and `,name="`, one a value.
  template <typename Values>
  bool Has(const Values& values, const std::uint32_t* prefix_sizes) const noexcept {
    const char* length_at = text_data - values.size() * sizeof(std::uint16_t);
    const char* at = text_data;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t length = LoadWord<std::uint16_t>(length_at + i * sizeof(std::uint16_t));
      at += prefix_sizes[i];
      if (length == kEscaped) [[unlikely]] {
        at = SkipEscaped(at, values[i]);
        if (at == nullptr) return false;
      } else {
        if (length != values[i].size() || !EqualBytes(at, values[i].data(), length)) return false;
        at += length;
      }
      ++at;  // the closing quote
    }
    return true;
  }

  const char* text_data = nullptr;  // null: no series
  std::uint32_t text_size = 0;
  Slot run = kSinkSlot;

 private:
  // The closing quote of the escaped value at `at`; null if it is another value.
  const char* SkipEscaped(const char* at, std::string_view value) const noexcept;
};

}  // namespace streamhouse::metrics::internal
