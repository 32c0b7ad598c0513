// AddedValues: the values of the label that a family's kind adds to its samples, as on a page.
//
// When to use something else: metrics::AddedLabel(), for the name of that label.
// Guarantees: the bounds of a histogram and +Inf, the quantiles of a summary, the states of a state
// set, each in the order of the family; empty for other kinds.
// Thread safety: a pure function.
// Cost: a text for each value.
#pragma once

#include <string>
#include <vector>

#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {

std::vector<std::string> AddedValues(const metrics::FamilyInfo& info);

}  // namespace streamhouse::exporters
