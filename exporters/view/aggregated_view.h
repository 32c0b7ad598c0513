// AggregatedView: a snapshot with labels summed away, such as partition, for readers to whom topics
// are detail enough.
//
// When to use something else: a server shows one beside the full page by itself
// (MetricsServerOptions::aggregate). A query that sums does as well, as long as the reader can take
// all series in.
// Invariants:
// 1. A view has every family of its snapshot, at its place, and no more series in it.
// Guarantees:
// 1. A pure function.
// 2. Series that differ only in these labels become one, at the place of the first. Families
//    without such a label stay as they are.
// 3. What is added up, and how, is in family_sums.h.
// 4. Each sum is that of the series that are there: it falls when one is removed, which a reader
//    takes for a counter that started again. So sum away what stays as long as the process, or
//    expires only long after it stopped moving.
// Thread safety: Of() from any thread.
// Cost: a pass over the labels of each series, and a look-up of its group (bench/exposition).
// Memory for the groups, and for the snapshot that it was made of, which it keeps alive.
//
//   const AggregatedView view({"partition", "group"});
//   Snapshot aggregated = view.Of(registry.TakeSnapshot());
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class AggregatedView {
 public:
  // Labels that no family has change nothing.
  explicit AggregatedView(std::vector<std::string> labels) : labels_(std::move(labels)) {}

  metrics::Snapshot Of(metrics::Snapshot snapshot) const;

 private:
  bool HasNoneOf(const metrics::FamilyInfo& info) const;

  const std::vector<std::string> labels_;
};

}  // namespace streamhouse::exporters
