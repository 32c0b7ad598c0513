#include "exporters/pushgateway/grouping_key.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "metrics_core/naming/metric_name.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;

constexpr std::string_view kBase64Suffix = "@base64";
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kDigitBits = 6;
constexpr unsigned kByteBits = 8;

// The alphabet for URLs, without padding.
std::string Base64(std::string_view bytes) {
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = pending << kByteBits | static_cast<unsigned char>(c);
    for (bits += kByteBits; bits >= kDigitBits; bits -= kDigitBits) {
      text += kDigits[pending >> (bits - kDigitBits) & 63];
    }
  }
  if (bits > 0) text += kDigits[pending << (kDigitBits - bits) & 63];
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    pending = pending << kDigitBits | static_cast<std::uint32_t>(digit);
    bits += kDigitBits;
    if (bits < kByteBits) continue;
    bits -= kByteBits;
    bytes += static_cast<char>(pending >> bits & 255);
  }
  // A digit alone is no byte.
  if (bits >= kDigitBits) return std::nullopt;
  return bytes;
}

// Whether it may stand in a path as it is. "." and ".." would be taken for folders.
bool IsPlain(std::string_view value) {
  constexpr std::string_view kPlain = "-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.";
  return value.find_first_not_of('.') != std::string_view::npos &&
         value.find_first_not_of(kPlain) == std::string_view::npos;
}

// Takes "/segment" from the front.
std::string_view TakeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

Status BadKey(std::string_view why) {
  return Status(metrics::StatusCode::kInvalidArgument, std::string(why)).WithField("path");
}

}  // namespace

std::string GroupingKey::Path() const {
  std::string path = "/metrics";
  for (const auto& [name, value] : labels_) {
    path.append("/").append(name);
    if (IsPlain(value)) {
      path.append("/").append(value);
    } else {
      path.append(kBase64Suffix).append("/").append(value.empty() ? "=" : Base64(value));
    }
  }
  return path;
}

bool GroupingKey::HasLabel(std::string_view name) const {
  return std::any_of(labels_.begin(), labels_.end(), [name](const auto& label) { return label.first == name; });
}

Result<GroupingKey> ParseGroupingKey(std::string_view path) {
  GroupingKey key({});
  while (!path.empty()) {
    std::string_view name = TakeSegment(path);
    if (path.empty()) return BadKey("a label of the path has no value");
    const std::string_view text = TakeSegment(path);
    std::optional<std::string> value = std::string(text);
    if (name.ends_with(kBase64Suffix)) {
      name.remove_suffix(kBase64Suffix.size());
      value = DecodeBase64(text);
    }
    if (text.empty()) return BadKey("an empty value of the path is written as LABEL@base64/=");
    if (!value) return BadKey("a value of the path is not base64");
    if (!metrics::IsLegalLabelName(name)) return BadKey("'" + std::string(name) + "' in the path is not a label");
    if (key.HasLabel(name)) return BadKey("the path has the label " + std::string(name) + " twice");
    key.labels_.emplace_back(name, *std::move(value));
    const bool is_empty = key.labels_.back().second.empty();
    if (Status legal = is_empty ? Status::Ok() : CheckLabels({key.labels_.back()}); !legal.ok()) {
      return BadKey("in the path, " + legal.message());
    }
  }
  if (key.labels_.empty() || key.labels_.front().first != "job" || key.labels_.front().second.empty()) {
    return BadKey("the path does not start with /job/NAME");
  }
  return key;
}

}  // namespace streamhouse::exporters
