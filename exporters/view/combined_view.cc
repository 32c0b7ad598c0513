#include "exporters/view/combined_view.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>

#include "metrics_core/dcheck.h"
#include "metrics_core/naming/metric_name.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;
using metrics::Registry;
using metrics::Snapshot;
using metrics::Status;
using metrics::StatusCode;

// What a combined snapshot points at.
struct Combined {
  std::vector<Snapshot> sources;
  metrics::SnapshotBuffers buffers;
};

std::vector<Snapshot> TakeAll(const std::vector<Registry*>& registries) {
  std::vector<Snapshot> snapshots;
  snapshots.reserve(registries.size());
  for (Registry* const registry : registries) snapshots.push_back(registry->TakeSnapshot());
  return snapshots;
}

// The sample names of one snapshot after another.
class TakenNames {
 public:
  // Whether an earlier snapshot has none of the names; they are taken from now on.
  bool Take(const FamilySnapshot& family) {
    std::vector<std::string> names = metrics::OccupiedNames(family.info());
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return names_.contains(name); })) {
      return false;
    }
    names_.insert(std::make_move_iterator(names.begin()), std::make_move_iterator(names.end()));
    return true;
  }

 private:
  std::set<std::string> names_;
};

bool HasDistinctNames(const Snapshot& snapshot) {
  TakenNames names;
  return std::all_of(snapshot.families().begin(), snapshot.families().end(),
                     [&](const FamilySnapshot& family) { return names.Take(family); });
}

}  // namespace

Status CombinedView::Check() const {
  if (registries_.size() == 1) return Status::Ok();
  TakenNames names;
  for (const Snapshot& snapshot : TakeAll(registries_)) {
    for (const FamilySnapshot& family : snapshot.families()) {
      if (names.Take(family)) continue;
      return {StatusCode::kAlreadyExists, "two registries have a family " + family.info().name};
    }
  }
  return Status::Ok();
}

Snapshot CombinedView::Take() const {
  if (registries_.size() == 1) return registries_.front()->TakeSnapshot();
  auto owner = std::make_shared<Combined>();
  owner->sources = TakeAll(registries_);
  TakenNames names;
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.SetOriginOf(owner->sources.front());
  for (const Snapshot& snapshot : owner->sources) {
    for (const FamilySnapshot& family : snapshot.families()) {
      if (names.Take(family)) {
        builder.AddFamily(family);
      } else {
        left_out_.Count(exporter_, family.info().name, left_out_reason::kNameIsTaken);
      }
    }
  }
  Snapshot combined = builder.Finish(std::move(owner));
  // Invariant 1.
  metrics::DCheck([&] { return HasDistinctNames(combined); }, "no two families of a snapshot share a sample name");
  return combined;
}

}  // namespace streamhouse::exporters
