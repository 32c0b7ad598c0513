#include "exporters/view/labelled_view.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <string_view>

#include "metrics_core/dcheck.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "metrics_core/text/text_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::NameEscaping;
using metrics::Snapshot;
using metrics::Status;
using metrics::StatusCode;

// What a labelled snapshot points at.
struct Labelled {
  Snapshot source;
  std::deque<FamilyInfo> infos;
  std::deque<std::string> texts;
  metrics::SnapshotBuffers buffers;
};

// Every family and series of `source`, at its place.
bool HasAllOf(const Snapshot& source, const Snapshot& view) {
  return std::equal(source.families().begin(), source.families().end(), view.families().begin(), view.families().end(),
                    [](const FamilySnapshot& a, const FamilySnapshot& b) { return a.size() == b.size(); });
}

// Whether two names are one to some reader.
bool MayBeOne(std::string_view a, std::string_view b) {
  // Legal names stay as they are.
  if (metrics::IsLegalLabelName(a) && metrics::IsLegalLabelName(b)) return a == b;
  constexpr NameEscaping kEscapings[] = {NameEscaping::kNone, NameEscaping::kUnderscores, NameEscaping::kDots,
                                         NameEscaping::kValues};
  return std::any_of(std::begin(kEscapings), std::end(kEscapings), [&](NameEscaping escaping) {
    return metrics::EscapeLabelName(a, escaping) == metrics::EscapeLabelName(b, escaping);
  });
}

}  // namespace

Status CheckLabels(const ExtraLabels& labels) {
  // The rules of a histogram's labels, and those of a help text for each value.
  FamilyInfo family;
  family.name = "labelled";
  family.kind = metrics::MetricKind::kHistogram;
  for (const auto& [name, value] : labels) {
    std::vector<std::string>& names = family.label_names;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return {StatusCode::kInvalidArgument, "the label " + name + " is given twice"};
    }
    names.push_back(name);
    family.help = value;
    if (name == metrics::kQuantileLabel || !metrics::CheckFamily(family).ok()) {
      return {StatusCode::kInvalidArgument, "'" + name + ":" + value + "' is not a label and its value"};
    }
  }
  return Status::Ok();
}

bool ShowsLabel(const FamilyInfo& info, std::string_view name) {
  const std::string_view added = metrics::AddedLabel(info);
  return (!added.empty() && MayBeOne(added, name)) ||
         std::any_of(info.label_names.begin(), info.label_names.end(),
                     [name](const std::string& own) { return MayBeOne(own, name); });
}

Status LabelledView::Check(const Snapshot& snapshot) const {
  if (Status checked = CheckLabels(labels_); !checked.ok()) return checked;
  for (const FamilySnapshot& family : snapshot.families()) {
    for (const auto& [name, value] : labels_) {
      if (!ShowsLabel(family.info(), name)) continue;
      return {StatusCode::kAlreadyExists, "the label " + name + " is one of " + family.info().name + " already"};
    }
  }
  return Status::Ok();
}

Snapshot LabelledView::Of(Snapshot snapshot) const {
  if (labels_.empty()) return snapshot;
  auto owner = std::make_shared<Labelled>();
  owner->source = std::move(snapshot);
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.SetOriginOf(owner->source);
  for (const FamilySnapshot& family : owner->source.families()) {
    FamilyInfo& info = owner->infos.emplace_back(family.info());
    std::string added;
    for (const auto& [name, value] : labels_) {
      if (ShowsLabel(family.info(), name)) continue;
      info.label_names.push_back(name);
      added.append(added.empty() ? "" : ",").append(metrics::LabelPairText(name, value));
    }
    builder.AddRenamedFamily(family, info);
    for (std::size_t i = 0; i < family.size(); ++i) {
      const std::string_view own = family.label_text(i);
      const std::string_view comma = own.empty() || added.empty() ? "" : ",";
      std::string& text = owner->texts.emplace_back();
      text.reserve(own.size() + comma.size() + added.size());
      builder.AddLabelText(text.append(own).append(comma).append(added));
    }
  }
  Snapshot labelled = builder.Finish(owner);
  // Invariant 1.
  metrics::DCheck([&] { return HasAllOf(owner->source, labelled); }, "a view with labels keeps every series");
  return labelled;
}

}  // namespace streamhouse::exporters
