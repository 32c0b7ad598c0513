// LabelledView: a snapshot whose series have further labels, the same for all, such as the name of
// the instance.
//
// When to use something else: labels that the server adds when it scrapes need no work here. This
// is for readers that cannot tell two programs apart by themselves, such as a folder of text files.
// Invariants:
// 1. A view has every family and every series of its snapshot, at its place.
// Guarantees:
// 1. A pure function.
// 2. A family that shows a label of that name keeps its own. That may be one of its labels, the one
//    that is named like a state set, or one that gets that name where names are escaped
//    (service.name as service_name).
// Thread safety: Of() from any thread.
// Cost: without labels none; else the label text of each series, made again, and the snapshot that
// it was made of, which it keeps alive.
// Errors: Check() is InvalidArgument for labels that no page may have, AlreadyExists for one that a
// family has.
//
//   const LabelledView view(ExtraLabels{{"instance", "a"}});
//   if (Status checked = view.Check(registry.TakeSnapshot()); !checked.ok()) return checked;
//   Snapshot labelled = view.Of(registry.TakeSnapshot());
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Names and values.
using ExtraLabels = std::vector<std::pair<std::string, std::string>>;

// Names are legal, distinct, and not reserved ("le", "quantile"); values are UTF-8 and not empty.
metrics::Status CheckLabels(const ExtraLabels& labels);

// Whether a series of the family has a label of that name, in any format. It may be one of its own,
// one that gets that name where names are escaped, or the one that is named like a state set.
bool ShowsLabel(const metrics::FamilyInfo& info, std::string_view name);

class LabelledView {
 public:
  explicit LabelledView(ExtraLabels labels) : labels_(std::move(labels)) {}

  // CheckLabels(), and whether the families leave their names free.
  metrics::Status Check(const metrics::Snapshot& snapshot) const;

  metrics::Snapshot Of(metrics::Snapshot snapshot) const;

 private:
  const ExtraLabels labels_;
};

}  // namespace streamhouse::exporters
