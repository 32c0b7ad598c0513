#include "exporters/statsd/statsd_names.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "exporters/encoding/label_reader.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool IsTag(char c) {
  constexpr std::string_view kSeparators = ":|@#,";
  constexpr unsigned char kControlEnd = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  const auto byte = static_cast<unsigned char>(c);
  return byte >= kControlEnd && byte != kDelete && kSeparators.find(c) == std::string_view::npos;
}

bool IsValue(char c, StatsdDialect dialect) {
  return dialect == StatsdDialect::kPlain ? IsPlain(c) : IsTag(c);
}

void AppendValue(std::string_view text, StatsdDialect dialect, std::string& out) {
  std::transform(text.begin(), text.end(), std::back_inserter(out),
                 [dialect](char c) { return IsValue(c, dialect) ? c : '_'; });
}

void AssignText(const EscapedText& text, std::string& out) {
  out.resize(text.size());
  text.CopyTo(out.data());
}

// Whether the labels say less than the text: a byte of a value is not kept, or a value is empty.
bool IsCleaned(std::string_view label_text, StatsdDialect dialect) {
  std::string unescaped;
  for (LabelReader labels(label_text); labels.Next();) {
    std::string_view value = labels.value().text();
    if (labels.value().has_escapes()) {
      AssignText(labels.value(), unescaped);
      value = unescaped;
    }
    if (value.empty() || !std::all_of(value.begin(), value.end(), [&](char c) { return IsValue(c, dialect); })) {
      return true;
    }
  }
  return false;
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
  if (dialect == StatsdDialect::kPlain) {
    out.push_back('.');
  } else if (!out.empty()) {
    out.push_back(',');
  }
  AppendValue(name, dialect, out);
  out.push_back(dialect == StatsdDialect::kPlain ? '.' : ':');
  AppendValue(value, dialect, out);
}

void AppendStatsdLabels(std::string_view label_text, StatsdDialect dialect, std::string& out) {
  std::string name;
  std::string value;
  for (LabelReader labels(label_text); labels.Next();) {
    AssignText(labels.name_text(), name);
    AssignText(labels.value(), value);
    AppendStatsdLabel(name, value, dialect, out);
  }
}

bool TakenStatsdNames::TakeFamily(const FamilySnapshot& family) {
  series_.clear();
  may_collide_ = false;
  for (std::size_t i = 0; i < family.size() && !may_collide_; ++i) {
    may_collide_ = IsCleaned(family.label_text(i), dialect_);
  }
  std::vector<std::string> names;
  for (const std::string& sample : metrics::SampleNames(family.info())) {
    AppendStatsdName(sample, dialect_, names.emplace_back());
  }
  if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return families_.contains(name); })) {
    return false;
  }
  for (std::string& name : names) families_.insert(std::move(name));
  return true;
}

bool TakenStatsdNames::TakeSeries(std::string_view labels) {
  return !may_collide_ || series_.insert(std::hash<std::string_view>()(labels)).second;
}

metrics::Status CheckStatsdNames(std::span<const FamilySnapshot> families, StatsdDialect dialect) {
  TakenStatsdNames names(dialect);
  std::string labels;
  for (const FamilySnapshot& family : families) {
    if (!names.TakeFamily(family)) {
      return {metrics::StatusCode::kAlreadyExists, "another family has the StatsD name of " + family.info().name};
    }
    for (std::size_t i = 0; i < family.size(); ++i) {
      labels.clear();
      AppendStatsdLabels(family.label_text(i), dialect, labels);
      if (names.TakeSeries(labels)) continue;
      return {metrics::StatusCode::kAlreadyExists, "two series of " + family.info().name + " have one StatsD name"};
    }
  }
  return metrics::Status::Ok();
}

}  // namespace streamhouse::exporters
