// OtlpLabels: the labels of a series, as the writers of OTLP take them: their text on a page, and
// what is known of it.
//
// When to use something else: LabelReader takes any label text apart.
// Guarantees: a text that is plain stands in JSON as it is; its values end with the next quote.
// Thread safety: values.
// Cost: each byte is looked at twice, eight at a time: by IsPlain() and for the quotes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {

// Of a family, what stands before the values of its labels.
struct OtlpLabelKeys {
  struct Key {
    std::size_t text_bytes;  // of the name in a label text, with the quotes that it may have there
    std::string encoded;     // the name, and all else that the format has between two values
  };
  std::vector<Key> keys;        // in the order of the label text
  std::size_t quote_bytes = 0;  // of all names in a label text
};

struct OtlpLabels {
  std::string_view text;
  const OtlpLabelKeys* keys;
  bool is_plain;  // IsPlain(text)
};

namespace internal {

inline constexpr std::uint64_t kEachByte = 0x0101010101010101;
inline constexpr std::uint64_t kHighBits = 0x80 * kEachByte;

// A byte below n has its high bit set; so may have bytes behind the first of them.
inline std::uint64_t BytesBelow(std::uint64_t word, std::uint64_t n) {
  return (word - n * kEachByte) & ~word & kHighBits;
}
inline std::uint64_t BytesEqual(std::uint64_t word, char c) {
  return BytesBelow(word ^ (static_cast<unsigned char>(c) * kEachByte), 1);
}

// A text has the quote before its end.
inline const char* FindQuote(const char* at, const char* end) {
  static_assert(std::endian::native == std::endian::little);
  for (std::uint64_t word = 0; at + sizeof(word) <= end; at += sizeof(word)) {
    std::memcpy(&word, at, sizeof(word));
    const std::uint64_t found = BytesEqual(word, '"');
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
  while (*at != '"') ++at;
  return at;
}

}  // namespace internal

// Calls `use(key, value)` with each label of a text that is plain.
template <typename Use>
void ForEachPlainLabel(const OtlpLabels& labels, const Use& use) {
  const char* at = labels.text.data();
  const char* const end = at + labels.text.size();
  for (const OtlpLabelKeys::Key& key : labels.keys->keys) {
    at += key.text_bytes + 2;  // and ="
    const char* const quote = &key == &labels.keys->keys.back() ? end - 1 : internal::FindQuote(at, end);
    use(key, std::string_view(at, static_cast<std::size_t>(quote - at)));
    at = quote + 2;  // and the comma
  }
}

// Whether the text has neither a backslash nor a control character of ASCII.
inline bool IsPlain(std::string_view text) {
  std::uint64_t found = 0;
  const auto look = [&](std::uint64_t word) {
    found |= internal::BytesBelow(word, ' ') | internal::BytesEqual(word, '\\');
  };
  std::uint64_t word = 'x' * internal::kEachByte;
  if (text.size() < sizeof(word)) {
    for (std::size_t i = 0; i < text.size(); ++i) word = word << 8U | static_cast<unsigned char>(text[i]);
    look(word);
    return found == 0;
  }
  for (std::size_t at = 0; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    look(word);
  }
  // The last bytes, some of them again.
  std::memcpy(&word, text.data() + text.size() - sizeof(word), sizeof(word));
  look(word);
  return found == 0;
}

}  // namespace streamhouse::exporters
