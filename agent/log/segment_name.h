// SegmentName: the name of a segment's file: the offset of its first record, in
// kSegmentNameDigits digits, and kSegmentNameSuffix. For example, 00000000000000000042.log.
//
// Guarantees:
// 1. Names sort as their offsets do.
// 2. BaseOffsetOf(SegmentName(n)) is n.
// Thread safety: pure functions.
// Cost: one string.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::agent {

inline constexpr std::size_t kSegmentNameDigits = 20;
inline constexpr std::string_view kSegmentNameSuffix = ".log";

inline std::string SegmentName(std::uint64_t base_offset) {
  std::array<char, kSegmentNameDigits + 1> digits;
  std::snprintf(digits.data(), digits.size(), "%0*llu", static_cast<int>(kSegmentNameDigits),
                static_cast<unsigned long long>(base_offset));
  return std::string(digits.data()).append(kSegmentNameSuffix);
}

// Nothing for a file that is no segment.
inline std::optional<std::uint64_t> BaseOffsetOf(std::string_view name) {
  if (name.size() != kSegmentNameDigits + kSegmentNameSuffix.size() || !name.ends_with(kSegmentNameSuffix)) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(0, kSegmentNameDigits);
  std::uint64_t base_offset = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), base_offset);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return base_offset;
}

}  // namespace streamhouse::agent
