// SelectedView: a snapshot of the series that a selection chooses.
//
// When to use something else: where all are chosen, the snapshot itself.
// Guarantees:
// 1. Families and series stand in the order of the snapshot.
// 2. Families without a chosen series are left out, unless the selection asks for them by name
//    only.
// Thread safety: pure.
// Cost: a look at the names of each family. Where the choice depends on labels, a look at each
// series of the family (family_selection.h), and a copy of the values of the chosen ones,
// unless all are.
// Errors: no value where the deadline has passed before all series were looked at. The clock is
// read for each family, for each expression that is tried, and after each kSeriesPerClockReading
// series.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "exporters/select/selection.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kSeriesPerClockReading = 8;

// The families must outlive the snapshot. `escaping` is that of the page, whose names a selection
// may use as well.
std::optional<metrics::Snapshot> SelectedView(std::span<const metrics::FamilySnapshot> families,
                                              const Selection& selection, metrics::NameEscaping escaping,
                                              SelectionDeadline deadline);

}  // namespace streamhouse::exporters
