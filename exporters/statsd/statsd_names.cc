#include "exporters/statsd/statsd_names.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "exporters/encoding/label_reader.h"

namespace streamhouse::exporters {
namespace {

constexpr bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

constexpr bool IsTag(char c) {
  constexpr unsigned char kControlEnd = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  const auto byte = static_cast<unsigned char>(c);
  return byte >= kControlEnd && byte != kDelete && c != ':' && c != '|' && c != '@' && c != '#' && c != ',';
}

// What each byte of a name or a value becomes.
using CleanBytes = std::array<char, 256>;

template <typename IsKept>
constexpr CleanBytes MakeCleanBytes(const IsKept& is_kept) {
  CleanBytes bytes = {};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = is_kept(static_cast<char>(i)) ? static_cast<char>(i) : '_';
  return bytes;
}

constexpr CleanBytes kPlainBytes = MakeCleanBytes(IsPlain);
constexpr CleanBytes kTagBytes = MakeCleanBytes(IsTag);

const CleanBytes& CleanBytesOf(StatsdDialect dialect) {
  return dialect == StatsdDialect::kPlain ? kPlainBytes : kTagBytes;
}

char Clean(const CleanBytes& bytes, char c) {
  return bytes[static_cast<unsigned char>(c)];
}

// Where it ends; there is room.
char* WriteClean(char* out, std::string_view text, const CleanBytes& bytes) {
  for (const char c : text) *out++ = Clean(bytes, c);
  return out;
}

}  // namespace

void AppendStatsdName(std::string_view name, StatsdDialect dialect, std::string& out) {
  for (const char c : name) {
    const bool is_kept = IsPlain(c) || (dialect == StatsdDialect::kDogStatsd && c == '.');
    out.push_back(is_kept ? c : '_');
  }
}

void AppendStatsdLabel(std::string_view name, std::string_view value, StatsdDialect dialect, std::string& out) {
  if (value.empty()) return;
  const bool is_plain = dialect == StatsdDialect::kPlain;
  const CleanBytes& bytes = CleanBytesOf(dialect);
  const bool has_separator = is_plain || !out.empty();
  const std::size_t begin = out.size();
  out.resize(begin + (has_separator ? 2 : 1) + name.size() + value.size());
  char* at = out.data() + begin;
  if (has_separator) *at++ = is_plain ? '.' : ',';
  at = WriteClean(at, name, bytes);
  *at++ = is_plain ? '.' : ':';
  WriteClean(at, value, bytes);
}

std::string StatsdLabelText(std::string_view text, StatsdDialect dialect) {
  std::string clean(text.size(), '\0');
  WriteClean(clean.data(), text, CleanBytesOf(dialect));
  return clean;
}

bool IsStatsdLabelText(std::string_view text, StatsdDialect dialect) {
  const CleanBytes& bytes = CleanBytesOf(dialect);
  return std::all_of(text.begin(), text.end(), [&](char c) { return Clean(bytes, c) == c; });
}

void AppendStatsdLabels(std::string_view label_text, StatsdDialect dialect, std::string& out) {
  std::string name;
  std::string value;
  for (LabelReader labels(label_text); labels.Next();) {
    AppendStatsdLabel(labels.name_text().Unescaped(name), labels.value().Unescaped(value), dialect, out);
  }
}

}  // namespace streamhouse::exporters
