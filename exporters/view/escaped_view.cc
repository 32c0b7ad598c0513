#include "exporters/view/escaped_view.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporters/encoding/label_reader.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::NameEscaping;

// What the snapshot points at.
struct Escaped {
  std::deque<FamilyInfo> infos;
  std::deque<std::string> texts;
  metrics::SnapshotBuffers buffers;
};

// Every family and series of `families`, at its place.
bool HasAllOf(std::span<const FamilySnapshot> families, const metrics::Snapshot& view) {
  return std::equal(families.begin(), families.end(), view.families().begin(), view.families().end(),
                    [](const FamilySnapshot& a, const FamilySnapshot& b) { return a.size() == b.size(); });
}

FamilyInfo WithEscapedNames(FamilyInfo info, NameEscaping escaping) {
  info.name = metrics::EscapeMetricName(info.name, escaping);
  for (std::string& label : info.label_names) label = metrics::EscapeLabelName(label, escaping);
  return info;
}

std::string WithLabelNames(std::string_view label_text, const std::vector<std::string>& names) {
  std::string text;
  LabelReader labels(label_text);
  for (std::size_t i = 0; i < names.size() && labels.Next(); ++i) {
    if (i > 0) text += ',';
    text.append(names[i]).append("=").append(labels.quoted_value());
  }
  return text;
}

}  // namespace

metrics::Snapshot EscapedView(std::span<const FamilySnapshot> families, NameEscaping escaping) {
  auto owner = std::make_shared<Escaped>();
  metrics::SnapshotBuilder builder(owner->buffers);
  for (const FamilySnapshot& family : families) {
    FamilyInfo info = WithEscapedNames(family.info(), escaping);
    const bool has_same_labels = info.label_names == family.info().label_names;
    if (has_same_labels && info.name == family.info().name) {
      builder.AddFamily(family);
      continue;
    }
    const FamilyInfo& kept = owner->infos.emplace_back(std::move(info));
    builder.AddRenamedFamily(family, kept);
    for (std::size_t i = 0; i < family.size(); ++i) {
      const std::string_view text = family.label_text(i);
      builder.AddLabelText(has_same_labels ? text : owner->texts.emplace_back(WithLabelNames(text, kept.label_names)));
    }
  }
  metrics::Snapshot escaped = builder.Finish(std::move(owner));
  // Invariant 1.
  metrics::DCheck([&] { return HasAllOf(families, escaped); }, "a view with escaped names keeps every series");
  return escaped;
}

}  // namespace streamhouse::exporters
