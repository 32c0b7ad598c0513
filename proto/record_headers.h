// AppendHeader(), TakeHeader(): the headers of a record: names with values, in order, laid out in
// one piece; docs/log_format.md has the table.
//
// When to use something else: v1::Header, for a program that has only streamhouse.proto.
// Guarantees: reads stay within the bytes, for any content; names may repeat.
// Thread safety: pure.
// Cost: finding a name looks at every header before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::v1 {

struct HeaderView {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const HeaderView&, const HeaderView&) = default;
};

// What a header takes besides its name and value.
inline constexpr std::size_t kHeaderSizesBytes = 8;

namespace layout {

// What every header starts with; its name and value follow.
struct HeaderSizes {
  std::uint32_t name_bytes;
  std::uint32_t value_bytes;
};
static_assert(sizeof(HeaderSizes) == kHeaderSizesBytes);

}  // namespace layout

inline void AppendHeader(const HeaderView& header, std::string& headers) {
  const layout::HeaderSizes sizes = {.name_bytes = static_cast<std::uint32_t>(header.name.size()),
                                     .value_bytes = static_cast<std::uint32_t>(header.value.size())};
  char bytes[sizeof(sizes)];
  std::memcpy(bytes, &sizes, sizeof(sizes));
  headers.append(bytes, sizeof(bytes)).append(header.name).append(header.value);
}

// Cuts the first header off; nothing, and `headers` as they were, when no whole one is there.
inline std::optional<HeaderView> TakeHeader(std::string_view& headers) {
  layout::HeaderSizes sizes;
  if (headers.size() < sizeof(sizes)) return std::nullopt;
  std::memcpy(&sizes, headers.data(), sizeof(sizes));
  const std::string_view rest = headers.substr(sizeof(sizes));
  const std::uint64_t name_bytes = sizes.name_bytes;
  if (rest.size() < name_bytes + sizes.value_bytes) return std::nullopt;
  const HeaderView header = {.name = rest.substr(0, name_bytes), .value = rest.substr(name_bytes, sizes.value_bytes)};
  headers = rest.substr(name_bytes + sizes.value_bytes);
  return header;
}

// Whether these are whole headers and nothing else.
inline bool AreWholeHeaders(std::string_view headers) {
  while (!headers.empty()) {
    if (!TakeHeader(headers)) return false;
  }
  return true;
}

// The value of the first one of that name.
inline std::optional<std::string_view> FindHeader(std::string_view headers, std::string_view name) {
  while (const std::optional<HeaderView> header = TakeHeader(headers)) {
    if (header->name == name) return header->value;
  }
  return std::nullopt;
}

}  // namespace streamhouse::v1
