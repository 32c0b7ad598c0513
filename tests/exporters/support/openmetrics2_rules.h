// CheckOpenMetrics2: the rules of OpenMetrics 2.0 that its grammar does not say, type by type.
//
// When to use something else: ParseOpenMetrics2 (openmetrics2_parser.h) reads the page first.
// Guarantees: the error names the family. Rules of the kind "should" are checked where readers rely
// on them: the order of metadata, bucket counts that rise up to the count.
#pragma once

#include <string_view>

#include "metrics_core/status.h"
#include "tests/exporters/support/openmetrics2_parser.h"

namespace streamhouse::exporters {

metrics::Status CheckOpenMetrics2(const OpenMetrics2Page& page);

// Both: a page that the grammar and the rules allow.
metrics::Result<OpenMetrics2Page> ReadOpenMetrics2(std::string_view page);

}  // namespace streamhouse::exporters
