#include "metrics_core/traceparent.h"

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace streamhouse::metrics {
namespace {

// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
constexpr std::size_t kVersionAt = 0;
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kTraceIdLowAt = 19;
constexpr std::size_t kSpanIdAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kSize = 55;

constexpr std::uint64_t kInvalidVersion = 0xff;
constexpr std::uint64_t kSampled = 1;

// Digits in lower case, at most 16.
std::optional<std::uint64_t> ParseHex(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    std::uint64_t nibble = 0;
    if (digit >= '0' && digit <= '9') {
      nibble = static_cast<std::uint64_t>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      nibble = static_cast<std::uint64_t>(digit - 'a') + 10;
    } else {
      return std::nullopt;
    }
    value = value << 4 | nibble;
  }
  return value;
}

// Version 0 ends here; a later one may go on, after a separator.
bool EndsWell(std::string_view header, std::uint64_t version) noexcept {
  return header.size() == kSize || (version > 0 && header[kSize] == '-');
}

}  // namespace

std::optional<Traceparent> ParseTraceparent(std::string_view header) noexcept {
  if (header.size() < kSize) return std::nullopt;
  if (header[kTraceIdAt - 1] != '-' || header[kSpanIdAt - 1] != '-' || header[kFlagsAt - 1] != '-') return std::nullopt;
  const auto version = ParseHex(header.substr(kVersionAt, 2));
  const auto trace_id_high = ParseHex(header.substr(kTraceIdAt, 16));
  const auto trace_id_low = ParseHex(header.substr(kTraceIdLowAt, 16));
  const auto span_id = ParseHex(header.substr(kSpanIdAt, 16));
  const auto flags = ParseHex(header.substr(kFlagsAt, 2));
  if (!version || !trace_id_high || !trace_id_low || !span_id || !flags) return std::nullopt;
  if (*version == kInvalidVersion || !EndsWell(header, *version)) return std::nullopt;
  if ((*trace_id_high | *trace_id_low) == 0 || *span_id == 0) return std::nullopt;
  return Traceparent{.trace = {.trace_id_high = *trace_id_high, .trace_id_low = *trace_id_low, .span_id = *span_id},
                     .is_sampled = (*flags & kSampled) != 0};
}

std::string FormatSampledTraceparent(const TraceContext& trace) {
  char text[kSize + 1];
  std::snprintf(text, sizeof(text), "00-%016" PRIx64 "%016" PRIx64 "-%016" PRIx64 "-01", trace.trace_id_high,
                trace.trace_id_low, trace.span_id);
  return text;
}

TraceContext SampledTrace(std::string_view header) noexcept {
  const std::optional<Traceparent> parent = ParseTraceparent(header);
  return parent && parent->is_sampled ? parent->trace : TraceContext{};
}

}  // namespace streamhouse::metrics
