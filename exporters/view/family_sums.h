// AppendFamilySums: one family of a snapshot, summed over the series that a view does not tell
// apart.
//
// Guarantees:
// 1. Counters and buckets add up modulo 2^64, as they count themselves. Doubles add up in the order
//    of the series.
// 2. Gauges and up-down counters follow FamilyInfo::aggregation; a maximum passes over NaN.
// 3. Exponential histograms follow ExponentialSum.
// 4. A state is on if it is on in any series.
// 5. Quantiles of a summary become NaN.
// 6. Of exemplars the newest in each bucket stays, of start times the oldest.
// Thread safety: pure but for the builder.
// Cost: memory for the values of each group, not of each series.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>

#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {

// Series i of `family` is in the group groups[i], whose label text is texts[groups[i]]. Each group
// has a series. Groups are numbered in the order of their first series. `info` and `texts` must
// outlive the snapshot.
void AppendFamilySums(const metrics::FamilySnapshot& family, std::span<const std::size_t> groups,
                      const metrics::FamilyInfo& info, const std::deque<std::string>& texts,
                      metrics::SnapshotBuilder& builder);

}  // namespace streamhouse::exporters
