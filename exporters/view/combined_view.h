// CombinedView: the families of several registries as one snapshot, such as those of a plug-in
// behind its host's.
//
// When to use something else: one registry for the whole program, where all of it can be given that
// one.
// Invariants:
// 1. No two families of a snapshot share a sample name.
// Guarantees:
// 1. If two registries get families with one name after Check(), a page shows the family of the
//    registry that stands first in the list. The order of the registrations does not matter. The
//    other family is left out, and counted as {reason="name_is_taken"} (left_out_metrics.h).
// 2. The first registry decides the time and the target of a snapshot: the others must have no
//    target. Check() refuses a second one, as both have the family target_info.
// Thread safety: Take() and Check() from any thread.
// Cost: with one registry none; else a snapshot of each, and a look at the names of all families.
// Errors: Check() is AlreadyExists, and names the family, where two registries have a sample name
// in common.
//
//   CombinedView view(host, {&plug_in}, "prometheus", *LeftOutMetrics::Register(host));
//   if (Status checked = view.Check(); !checked.ok()) return checked;
//   Snapshot all = view.Take();
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exporters/view/left_out_metrics.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class CombinedView {
 public:
  // All registries outlive the view. `exporter` is a scheme.
  CombinedView(metrics::Registry& first, const std::vector<metrics::Registry*>& more, std::string exporter,
               LeftOutMetrics left_out)
      : exporter_(std::move(exporter)), left_out_(std::move(left_out)) {
    registries_.push_back(&first);
    registries_.insert(registries_.end(), more.begin(), more.end());
  }

  metrics::Status Check() const;
  metrics::Snapshot Take() const;

 private:
  std::vector<metrics::Registry*> registries_;  // immutable after construction
  const std::string exporter_;
  const LeftOutMetrics left_out_;
};

}  // namespace streamhouse::exporters
