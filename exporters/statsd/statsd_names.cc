#include "exporters/statsd/statsd_names.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "exporters/encoding/label_changes.h"
#include "exporters/encoding/label_reader.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool IsTag(char c) {
  constexpr unsigned char kControlEnd = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  const auto byte = static_cast<unsigned char>(c);
  return byte >= kControlEnd && byte != kDelete && c != ':' && c != '|' && c != '@' && c != '#' && c != ',';
}

// What each byte of a name or a value becomes.
using CleanBytes = std::array<char, 256>;

template <typename IsKept>
CleanBytes MakeCleanBytes(const IsKept& is_kept) {
  CleanBytes bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = is_kept(static_cast<char>(i)) ? static_cast<char>(i) : '_';
  return bytes;
}

const CleanBytes& CleanBytesOf(StatsdDialect dialect) {
  static const CleanBytes plain = MakeCleanBytes(IsPlain);
  static const CleanBytes tag = MakeCleanBytes(IsTag);
  return dialect == StatsdDialect::kPlain ? plain : tag;
}

char Clean(const CleanBytes& bytes, char c) {
  return bytes[static_cast<unsigned char>(c)];
}

// Where it ends; there is room.
char* WriteClean(char* out, std::string_view text, const CleanBytes& bytes) {
  for (const char c : text) *out++ = Clean(bytes, c);
  return out;
}

// The text that is meant, in `storage` where it has escapes.
std::string_view TextOf(const EscapedText& text, std::string& storage) {
  if (!text.has_escapes()) return text.text();
  storage.resize(text.size());
  text.CopyTo(storage.data());
  return storage;
}

// Whether the labels of a series say less than their text: a byte of a value is not kept, or a
// value is empty.
bool HasCleaned(const FamilySnapshot& family, StatsdDialect dialect) {
  const CleanBytes& bytes = CleanBytesOf(dialect);
  bool is_cleaned = false;
  std::string storage;
  LabelChanges changes;
  changes.Begin(family.info().label_names);
  for (std::size_t i = 0; i < family.size() && !is_cleaned; ++i) {
    changes.ForEachChange(family.label_text(i), [&](std::size_t /*label*/, const EscapedText& escaped) {
      const std::string_view value = TextOf(escaped, storage);
      is_cleaned |= value.empty();
      for (const char c : value) is_cleaned |= Clean(bytes, c) != c;
    });
  }
  return is_cleaned;
}

bool HasStatesOfOneName(const std::vector<std::string>& states, StatsdDialect dialect) {
  std::unordered_set<std::string> names;
  const CleanBytes& bytes = CleanBytesOf(dialect);
  return std::any_of(states.begin(), states.end(), [&](std::string state) {
    std::transform(state.begin(), state.end(), state.begin(), [&](char c) { return Clean(bytes, c); });
    return !names.insert(std::move(state)).second;
  });
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

void AppendStatsdLabels(std::string_view label_text, StatsdDialect dialect, std::string& out) {
  std::string name;
  std::string value;
  for (LabelReader labels(label_text); labels.Next();) {
    AppendStatsdLabel(TextOf(labels.name_text(), name), TextOf(labels.value(), value), dialect, out);
  }
}

std::string_view TakenStatsdNames::TakeFamily(const FamilySnapshot& family) {
  series_.clear();
  may_collide_ = HasCleaned(family, dialect_);
  std::vector<std::string> names;
  for (const std::string& sample : metrics::SampleNames(family.info())) {
    AppendStatsdName(sample, dialect_, names.emplace_back());
  }
  if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return families_.contains(name); })) {
    return "another family has its StatsD name";
  }
  if (HasStatesOfOneName(family.info().states, dialect_)) return "two of its states have one StatsD name";
  for (std::string& name : names) families_.insert(std::move(name));
  return {};
}

bool TakenStatsdNames::TakeSeries(std::string_view labels) {
  return !may_collide_ || series_.insert(std::hash<std::string_view>()(labels)).second;
}

metrics::Status CheckStatsdNames(std::span<const FamilySnapshot> families, StatsdDialect dialect) {
  TakenStatsdNames names(dialect);
  std::string labels;
  for (const FamilySnapshot& family : families) {
    const auto refuse = [&](std::string_view why) {
      return metrics::Status(metrics::StatusCode::kAlreadyExists, family.info().name + ": " + std::string(why));
    };
    if (const std::string_view why = names.TakeFamily(family); !why.empty()) return refuse(why);
    for (std::size_t i = 0; i < family.size(); ++i) {
      labels.clear();
      AppendStatsdLabels(family.label_text(i), dialect, labels);
      if (!names.TakeSeries(labels)) return refuse("two of its series have one StatsD name");
    }
  }
  return metrics::Status::Ok();
}

}  // namespace streamhouse::exporters
