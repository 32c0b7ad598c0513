// What metrics, labels and units may be called.
//
// The rules are those of the Prometheus data model and of OpenMetrics 1.0; a name that breaks one would make a
// scraper refuse the whole page, so it is refused at registration.
// Thread safety: pure functions. Errors: InvalidArgument, naming the name and the rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/snapshot.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

// [a-zA-Z_:][a-zA-Z0-9_:]*
bool IsLegalMetricName(std::string_view name);

// [a-zA-Z_][a-zA-Z0-9_]*, and not starting with "__", which is reserved.
bool IsLegalLabelName(std::string_view name);

// A name is legal and has the suffix its type asks for: a counter ends with "_total", nothing else ends with it or
// with what a histogram's samples end with. It ends with its unit (before "_total"). Label names are legal, distinct
// and not reserved ("le" on a histogram). There is a help text, in UTF-8.
Status CheckFamily(const FamilyInfo& info);

// The names of the samples and the metadata that a family occupies on a page, in any format. Two families of one
// registry may not have one in common.
std::vector<std::string> OccupiedNames(const FamilyInfo& info);

}  // namespace streamhouse::metrics
