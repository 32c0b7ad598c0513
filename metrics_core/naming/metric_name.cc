#include "metrics_core/naming/metric_name.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/text/utf8.h"

namespace streamhouse::metrics {
namespace {

// The suffix of a start time, and those of samples of every kind. A suffix with which the names of
// its kind must end is not among them: CheckName() has its own rules for it.
std::set<std::string_view> ReservedSuffixes() {
  std::set<std::string_view> reserved = {kCreatedSuffix};
  for (const KindDescription& kind : kKindDescriptions) {
    for (const std::string_view suffix : kind.sample_suffixes) {
      if (!suffix.empty() && suffix != kind.name_suffix) reserved.insert(suffix);
    }
  }
  return reserved;
}

constexpr NameEscaping kEscapings[] = {NameEscaping::kUnderscores, NameEscaping::kDots, NameEscaping::kValues,
                                       NameEscaping::kNone};

bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsAsciiDigit(char c) {
  return c >= '0' && c <= '9';
}

Status Refuse(const FamilyInfo& info, std::string why) {
  return Status(StatusCode::kInvalidArgument, "metric \"" + info.name + "\": " + std::move(why));
}

std::string Quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string WithArticle(std::string_view word) {
  return (word.front() == 'i' || word.front() == 'e' || word.front() == 'u' ? "an " : "a ") + std::string(word);
}

bool IsUtf8Name(std::string_view name) {
  return !name.empty() && IsValidUtf8(name);
}

Status CheckName(const FamilyInfo& info, NameRules rules) {
  if (rules == NameRules::kLegacy && !IsLegalMetricName(info.name)) {
    return Refuse(info, "a name matches [a-zA-Z_:][a-zA-Z0-9_:]*");
  }
  if (!IsUtf8Name(info.name)) return Refuse(info, "a name is UTF-8 and not empty");
  const KindDescription& kind = Describe(info.kind);
  if (!info.name.ends_with(kind.name_suffix)) {
    return Refuse(info, WithArticle(kind.word) + " ends with " + Quoted(kind.name_suffix));
  }
  if (info.name == kind.name_suffix) return Refuse(info, "a name has more than a suffix");
  // The reserved names are compared with the name that readers of legacy names see.
  const std::string escaped = EscapeMetricName(info.name, NameEscaping::kUnderscores);
  if (kind.name_suffix != kTotalSuffix && escaped.ends_with(kTotalSuffix)) {
    return Refuse(info, "only a counter ends with " + Quoted(kTotalSuffix));
  }
  for (const std::string_view suffix : ReservedSuffixes()) {
    if (BaseName(escaped, info.kind).ends_with(suffix)) {
      return Refuse(info, "the suffix " + Quoted(suffix) + " is reserved for samples of other types");
    }
  }
  if (info.help.empty()) return Refuse(info, "help is missing");
  // A scraper would refuse the whole page.
  if (!IsValidUtf8(info.help)) return Refuse(info, "help is not UTF-8");
  return Status::Ok();
}

Status CheckUnit(const FamilyInfo& info) {
  if (info.unit.empty()) return Status::Ok();
  if (!IsLegalLabelName(info.unit)) return Refuse(info, "unit \"" + info.unit + "\" is not a legal name");
  if (Describe(info.kind).unit == Has::kNo) {
    return Refuse(info, WithArticle(Describe(info.kind).word) + " has no unit");
  }
  if (!BaseName(info.name, info.kind).ends_with("_" + info.unit)) {
    return Refuse(info, "a name ends with its unit, here \"_" + info.unit + "\" (before \"_total\")");
  }
  return Status::Ok();
}

// The names of a label, by every escaping.
std::vector<std::string> FormsOf(std::string_view label) {
  std::vector<std::string> forms;
  for (const NameEscaping escaping : kEscapings) forms.push_back(EscapeLabelName(label, escaping));
  return forms;
}

// By the same escaping.
bool HaveOneInCommon(const std::vector<std::string>& forms, const std::vector<std::string>& others) {
  for (std::size_t i = 0; i < forms.size(); ++i) {
    if (forms[i] == others[i]) return true;
  }
  return false;
}

// The names of a state set's own label (the name of its family), by every escaping.
std::vector<std::string> FormsOfOwnName(const FamilyInfo& info) {
  std::vector<std::string> forms;
  for (const NameEscaping escaping : kEscapings) forms.push_back(EscapeMetricName(info.name, escaping));
  return forms;
}

Status CheckDistinct(const FamilyInfo& info) {
  std::vector<std::vector<std::string>> earlier;
  for (const std::string& name : info.label_names) {
    const std::vector<std::string> forms = FormsOf(name);
    for (const std::vector<std::string>& other : earlier) {
      if (other.back() == name) return Refuse(info, "label \"" + name + "\" stands twice");
      if (HaveOneInCommon(forms, other)) {
        return Refuse(info, "labels \"" + other.back() + "\" and \"" + name + "\" are the same when they are escaped");
      }
    }
    earlier.push_back(forms);
  }
  return Status::Ok();
}

Status CheckLabels(const FamilyInfo& info, NameRules rules) {
  for (const std::string& name : info.label_names) {
    if (rules == NameRules::kLegacy && !IsLegalLabelName(name)) {
      return Refuse(info, "label \"" + name + "\" does not match [a-zA-Z_][a-zA-Z0-9_]* or starts with \"__\"");
    }
    if (!IsUtf8Name(name) || EscapeLabelName(name, NameEscaping::kUnderscores).starts_with("__")) {
      return Refuse(info, "label \"" + name + "\" is empty, not UTF-8 or starts with \"__\", escaped or not");
    }
    // No label is empty: a kind that adds none refuses none.
    const bool is_like_family =
        Describe(info.kind).added_label == kOwnNameLabel && HaveOneInCommon(FormsOf(name), FormsOfOwnName(info));
    if (name == AddedLabel(info) || is_like_family) {
      return Refuse(info, "label " + Quoted(name) + " is the " + std::string(Describe(info.kind).word) + "'s own");
    }
  }
  return CheckDistinct(info);
}

bool IsGood(const std::vector<std::string>& states) {
  if (states.empty() || states.size() > kStatesMax) return false;
  if (std::set<std::string>(states.begin(), states.end()).size() != states.size()) return false;
  return std::all_of(states.begin(), states.end(), &IsUtf8Name);
}

Status CheckStates(const FamilyInfo& info, NameRules rules) {
  if (Describe(info.kind).added_label != kOwnNameLabel) return Status::Ok();
  // Its name is the name of a label as well, also for readers of legacy names.
  const bool is_legacy = rules == NameRules::kLegacy;
  if (!IsLegalLabelName(is_legacy ? info.name : EscapeMetricName(info.name, NameEscaping::kUnderscores))) {
    return Refuse(info, std::string("the name of a state set") + (is_legacy ? "" : ", escaped with underscores,") +
                            " matches [a-zA-Z_][a-zA-Z0-9_]* and does not start with \"__\"");
  }
  if (IsGood(info.states)) return Status::Ok();
  return Refuse(info, "a state set has 1 to " + std::to_string(kStatesMax) +
                          " states, whose names are distinct, in UTF-8 and not empty");
}

Status CheckQuantiles(const FamilyInfo& info) {
  for (std::size_t i = 0; i < info.quantiles.size(); ++i) {
    const double quantile = info.quantiles[i];
    if (!(quantile >= 0 && quantile <= 1) || (i > 0 && quantile <= info.quantiles[i - 1])) {
      return Refuse(info, "quantiles ascend and are in [0, 1]");
    }
  }
  return Status::Ok();
}

}  // namespace

bool IsLegalMetricName(std::string_view name) {
  if (name.empty() || IsAsciiDigit(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == ':'; });
}

bool IsLegalLabelName(std::string_view name) {
  if (name.starts_with("__")) return false;
  return IsLegalMetricName(name) && name.find(':') == std::string_view::npos;
}

Status CheckFamily(const FamilyInfo& info, NameRules rules) {
  if (info.aggregation != Aggregation::kSum && Describe(info.kind).series_sum != SeriesSum::kByAggregation) {
    return Refuse(info, "only gauges aggregate by another rule than their sum");
  }
  if (Status name = CheckName(info, rules); !name.ok()) return name;
  if (Status unit = CheckUnit(info); !unit.ok()) return unit;
  if (Status states = CheckStates(info, rules); !states.ok()) return states;
  if (Status quantiles = CheckQuantiles(info); !quantiles.ok()) return quantiles;
  return CheckLabels(info, rules);
}

std::vector<std::string> OccupiedNames(const FamilyInfo& info) {
  std::vector<std::string> names;
  const auto occupy = [&names](std::string_view base, std::string_view suffix) {
    std::string name = std::string(base).append(suffix);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  };
  const KindDescription& kind = Describe(info.kind);
  for (const NameEscaping escaping : kEscapings) {
    const std::string name = EscapeMetricName(info.name, escaping);
    const std::string_view base = BaseName(name, info.kind);
    occupy(base, "");
    for (const std::string_view suffix : kind.sample_suffixes) occupy(base, suffix);
    if (kind.start_time == Has::kYes) occupy(base, kCreatedSuffix);
  }
  return names;
}

}  // namespace streamhouse::metrics
