// CheckFamily() and its parts: what metrics, labels and units may be called.
//
// The rules are those of the Prometheus data model and of OpenMetrics 1.0. A name that breaks one
// would make a scraper refuse the whole page, so registration refuses it.
// When to use something else: name_escaping.h makes a legal name of any UTF-8.
// Guarantees:
// 1. A family that CheckFamily() accepts has legal names on a page of every format.
// 2. By NameRules::kUtf8, names are any UTF-8, as in Prometheus 3. Readers that do not ask for such
//    names get them escaped (name_escaping.h).
// Thread safety: pure functions.
// Cost: at set-up only; each name is escaped by each escaping.
// Errors: InvalidArgument, naming the name and the rule.
//
//   FamilyInfo info = {.name = "queue_bytes", .help = "Size of the queue", .unit = "bytes"};
//   if (Status checked = CheckFamily(info); !checked.ok()) return checked;
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/reading/family_info.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

enum class NameRules : std::uint8_t {
  kLegacy,  // the two functions below
  kUtf8,    // not empty, valid UTF-8; labels do not start with "__"
};

// [a-zA-Z_:][a-zA-Z0-9_:]*
bool IsLegalMetricName(std::string_view name);

// [a-zA-Z_][a-zA-Z0-9_]*, and not starting with "__", which is reserved.
bool IsLegalLabelName(std::string_view name);

// Whether a family keeps the rules:
// 1. The name is legal and has the suffix of its kind: a counter ends with "_total", an info with
//    "_info". No other name ends with "_total" or with a suffix of a histogram's samples.
// 2. The name ends with its unit (before "_total"); infos and state sets have no unit.
// 3. Label names are legal and distinct, and stay distinct when they are escaped.
// 4. No label is the one that the kind adds: "le" of a histogram, "quantile" of a summary, its own
//    name of a state set.
// 5. There is a help text, in UTF-8.
// 6. A state set has 1 to kStatesMax states, distinct and not empty.
// 7. The quantiles of a summary ascend and are in [0, 1].
Status CheckFamily(const FamilyInfo& info, NameRules rules = NameRules::kLegacy);

// The names of the samples and the metadata that a family occupies on a page, in any format and by
// any escaping. Two families of one registry may not have one in common.
std::vector<std::string> OccupiedNames(const FamilyInfo& info);

}  // namespace streamhouse::metrics
