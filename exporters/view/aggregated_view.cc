#include "exporters/view/aggregated_view.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "exporters/view/family_sums.h"
#include "exporters/view/series_groups.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::Snapshot;
using metrics::SnapshotBuilder;

// What an aggregated snapshot points at.
struct Aggregated {
  Snapshot source;
  std::deque<FamilyInfo> infos;
  std::deque<std::deque<std::string>> texts;  // of the groups, by family
  metrics::SnapshotBuffers buffers;
};

// Every family of `source`, at its place, with as many series or fewer.
bool HasEachFamilyOf(const Snapshot& source, const Snapshot& view) {
  return std::equal(source.families().begin(), source.families().end(), view.families().begin(), view.families().end(),
                    [](const FamilySnapshot& a, const FamilySnapshot& b) {
                      return b.size() <= a.size() && (b.size() > 0) == (a.size() > 0);
                    });
}

}  // namespace

Snapshot AggregatedView::Of(Snapshot snapshot) const {
  auto owner = std::make_shared<Aggregated>();
  owner->source = std::move(snapshot);
  SnapshotBuilder builder(owner->buffers);
  builder.SetOriginOf(owner->source);
  std::vector<std::size_t> group_of_series;
  for (const FamilySnapshot& family : owner->source.families()) {
    if (HasNoneOf(family.info())) {
      builder.AddFamily(family);
      continue;
    }
    FamilyInfo& info = owner->infos.emplace_back(family.info());
    std::erase_if(info.label_names, [this](const std::string& name) {
      return std::find(labels_.begin(), labels_.end(), name) != labels_.end();
    });
    std::deque<std::string>& texts = owner->texts.emplace_back();
    SeriesGroups groups(labels_, texts);
    group_of_series.clear();
    for (std::size_t i = 0; i < family.size(); ++i) group_of_series.push_back(groups.Find(family.label_text(i)));
    AppendFamilySums(family, group_of_series, info, texts, builder);
  }
  Snapshot aggregated = builder.Finish(owner);
  // Invariant 1.
  metrics::DCheck([&] { return HasEachFamilyOf(owner->source, aggregated); }, "sums keep every family");
  return aggregated;
}

bool AggregatedView::HasNoneOf(const FamilyInfo& info) const {
  return std::none_of(labels_.begin(), labels_.end(), [&](const std::string& label) {
    return std::find(info.label_names.begin(), info.label_names.end(), label) != info.label_names.end();
  });
}

}  // namespace streamhouse::exporters
