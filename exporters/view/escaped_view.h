// EscapedView: a snapshot whose names are escaped, for readers that know legacy names only.
//
// When to use something else: name_escaping.h for one name. A reader that knows UTF-8 names gets
// the snapshot itself.
// Invariants:
// 1. The view has every family and every series, at its place.
// Guarantees:
// 1. A pure function.
// 2. Families that have legacy names only stay as they are, without a copy.
// Thread safety: pure.
// Cost: a look at the names where there is nothing to escape; otherwise the label text of each
// series of such a family, made again.
#pragma once

#include <span>

#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// The families must outlive the snapshot.
metrics::Snapshot EscapedView(std::span<const metrics::FamilySnapshot> families, metrics::NameEscaping escaping);

}  // namespace streamhouse::exporters
