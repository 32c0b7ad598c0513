#include "exporters/select/family_selection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "exporters/encoding/added_values.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::MetricKind;
using metrics::NameEscaping;

// A name as the program has it, and as the page has it.
struct Spellings {
  std::string own;
  std::string escaped;

  bool Has(std::string_view name) const { return name == own || name == escaped; }
};

// The samples of a series with one name.
struct Sample {
  Spellings name;
  bool has_added_label;
};

bool HasAddedLabel(MetricKind kind, std::string_view suffix) {
  const std::string_view added = metrics::Describe(kind).added_label;
  return !added.empty() && suffix == (added == metrics::kBoundLabel ? metrics::kBucketSuffix : std::string_view());
}

// Those of the text formats, and the one of formats that show a series as one sample.
std::vector<Sample> SamplesOf(const FamilyInfo& info, NameEscaping escaping) {
  const std::string escaped = metrics::EscapeMetricName(info.name, escaping);
  const std::string_view base = metrics::BaseName(info.name, info.kind);
  const std::string_view escaped_base = metrics::BaseName(escaped, info.kind);
  std::vector<Sample> samples;
  const auto add = [&](std::string_view suffix) {
    samples.push_back(
        {.name = {.own = std::string(base).append(suffix), .escaped = std::string(escaped_base).append(suffix)},
         .has_added_label = HasAddedLabel(info.kind, suffix)});
  };
  for (const std::string_view suffix : metrics::Describe(info.kind).sample_suffixes) add(suffix);
  if (info.has_created) add(metrics::kCreatedSuffix);
  const bool has_own_name =
      std::any_of(samples.begin(), samples.end(), [&](const Sample& sample) { return sample.name.own == info.name; });
  if (!has_own_name) samples.push_back({.name = {.own = info.name, .escaped = escaped}, .has_added_label = false});
  return samples;
}

// Decides what is the same for all series.
class FamilyMatch {
 public:
  FamilyMatch(const FamilyInfo& info, NameEscaping escaping, TimedMatches& matches)
      : info_(info), escaping_(escaping), matches_(matches), samples_(SamplesOf(info, escaping)) {
    if (const std::string_view label = metrics::AddedLabel(info); !label.empty()) {
      added_label_ = {.own = std::string(label), .escaped = metrics::EscapeLabelName(label, escaping)};
    }
  }

  bool HasNameOf(const NamePattern& pattern) const {
    return std::any_of(samples_.begin(), samples_.end(), [&](const Sample& sample) {
      return pattern.Matches(sample.name.own) || pattern.Matches(sample.name.escaped);
    });
  }

  // Whether a sample meets the matchers of its name and of the label that the kind adds.
  bool HasSampleFor(const Selector& selector) {
    return std::any_of(samples_.begin(), samples_.end(),
                       [&](const Sample& sample) { return IsSampleFor(sample, selector); });
  }

  bool IsOfSample(const LabelMatcher& matcher) const {
    return matcher.label() == kNameLabel || (added_label_ && added_label_->Has(matcher.label()));
  }

  // The place in the label text; nothing where the series have no such label.
  std::optional<std::size_t> PlaceOf(std::string_view label) const {
    for (std::size_t i = 0; i < info_.label_names.size(); ++i) {
      const std::string& own = info_.label_names[i];
      if (own == label || metrics::EscapeLabelName(own, escaping_) == label) return i;
    }
    return std::nullopt;
  }

 private:
  bool IsSampleFor(const Sample& sample, const Selector& selector) {
    const auto meets_name = [&](const LabelMatcher& matcher) {
      return matcher.label() != kNameLabel || matches_.Matches(matcher, sample.name.own, sample.name.escaped);
    };
    if (!std::all_of(selector.begin(), selector.end(), meets_name)) return false;
    if (!sample.has_added_label) return AreMetByAdded(selector, "");
    if (added_values_.empty()) added_values_ = AddedValues(info_);
    return std::any_of(added_values_.begin(), added_values_.end(),
                       [&](const std::string& value) { return AreMetByAdded(selector, value); });
  }

  bool AreMetByAdded(const Selector& selector, std::string_view value) {
    return std::all_of(selector.begin(), selector.end(), [&](const LabelMatcher& matcher) {
      return !added_label_ || !added_label_->Has(matcher.label()) || matches_.Matches(matcher, value);
    });
  }

  const FamilyInfo& info_;
  const NameEscaping escaping_;
  TimedMatches& matches_;
  const std::vector<Sample> samples_;
  std::optional<Spellings> added_label_;
  std::vector<std::string> added_values_;  // empty until they are needed
};

// The value that is meant, in `out`.
std::string_view WithoutEscapes(std::string_view value, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool is_escape = value[i] == '\\' && i + 1 < value.size();
    if (is_escape) ++i;
    out += is_escape && value[i] == 'n' ? '\n' : value[i];
  }
  return out;
}

}  // namespace

FamilySelection::FamilySelection(const Selection& selection, const FamilyInfo& info, NameEscaping escaping,
                                 SelectionDeadline deadline)
    : matches_(deadline) {
  if (selection.chooses_all()) {
    part_ = Part::kAll;
    return;
  }
  FamilyMatch family(info, escaping, matches_);
  const auto& names = selection.names();
  const auto is_name = [&](const NamePattern& pattern) { return family.HasNameOf(pattern); };
  if (!names.empty() && std::none_of(names.begin(), names.end(), is_name)) return;
  if (selection.selectors().empty()) part_ = Part::kAll;
  for (const Selector& selector : selection.selectors()) {
    if (part_ == Part::kAll) break;
    if (!family.HasSampleFor(selector)) continue;
    Conditions conditions;
    bool may_be_met = true;
    for (const LabelMatcher& matcher : selector) {
      if (family.IsOfSample(matcher)) continue;
      if (const std::optional<std::size_t> place = family.PlaceOf(matcher.label())) {
        conditions.push_back({.matcher = &matcher, .label = *place});
      } else {
        may_be_met = may_be_met && matches_.Matches(matcher, std::string_view());
      }
    }
    if (may_be_met) Add(std::move(conditions), info);
  }
}

void FamilySelection::Add(Conditions conditions, const FamilyInfo& info) {
  if (conditions.empty()) {
    part_ = Part::kAll;
    alternatives_.clear();
    return;
  }
  part_ = Part::kSome;
  for (const Condition& condition : conditions) {
    while (columns_.size() <= condition.label) {
      constexpr std::size_t kEqualsAndQuote = 2;
      const std::string name = metrics::QuotedLabelName(info.label_names[columns_.size()]);
      columns_.push_back({.name_bytes = name.size() + kEqualsAndQuote});
    }
  }
  // What costs a comparison comes before what costs an expression.
  std::stable_partition(conditions.begin(), conditions.end(),
                        [](const Condition& condition) { return !condition.matcher->has_expression(); });
  alternatives_.push_back(std::move(conditions));
}

bool FamilySelection::Chooses(std::string_view label_text) {
  bool has_changed = false;
  for (Column& column : columns_) has_changed |= Read(column, label_text);
  if (!has_changed) return chose_last_;
  chose_last_ = std::any_of(alternatives_.begin(), alternatives_.end(), [this](Conditions& conditions) {
    return std::all_of(conditions.begin(), conditions.end(), [this](Condition& condition) { return IsMet(condition); });
  });
  return chose_last_;
}

// Takes the label off the text; whether its value is another than before.
bool FamilySelection::Read(Column& column, std::string_view& text) {
  text.remove_prefix(std::min(column.name_bytes, text.size()));
  const bool has_changed = column.changes == 0 || !text.starts_with(column.text);
  if (has_changed) {
    std::size_t end = 0;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    column.text = text.substr(0, end + 1);
    ++column.changes;
  }
  text.remove_prefix(std::min(column.text.size() + 1, text.size()));  // the comma as well
  return has_changed;
}

bool FamilySelection::IsMet(Condition& condition) {
  const Column& column = columns_[condition.label];
  if (condition.changes == column.changes) return condition.is_met;
  std::string_view value = column.text;
  if (value.ends_with('"')) value.remove_suffix(1);
  if (value.find('\\') != std::string_view::npos) value = WithoutEscapes(value, meant_);
  condition.changes = column.changes;
  condition.is_met = matches_.Matches(*condition.matcher, value);
  return condition.is_met;
}

}  // namespace streamhouse::exporters
