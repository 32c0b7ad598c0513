// OpenMetricsEncoder: a snapshot as a page of OpenMetrics text 1.0.
//
// When to use something else: TextEncoder for readers that do not ask for OpenMetrics.
// Guarantees: those of TextPage; the page is legal whatever is in help texts and label values, but for the exception
// below. It ends with "# EOF", so that a page that was cut off is not taken for a whole one. Each family has a UNIT
// line, which is empty for a family without a unit.
// Exception: every histogram has _count and _sum, also one with negative bounds or a negative sum. OpenMetrics 1.0
// forbids the sum there, but Prometheus and the Collector read it, and without it they lose the histogram or its sum.
// Python's prometheus_client refuses such a page: use bounds and values of at least 0 for readers that insist.
// Thread safety: one thread at a time.
// Cost: see TextPage.
#pragma once

#include <span>

#include "exporters/encoding/text_page.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::exporters {

class OpenMetricsEncoder : public TextPage {
 public:
  // `families` must outlive the encoder.
  explicit OpenMetricsEncoder(std::span<const metrics::FamilySnapshot> families,
                              CreatedUse created = CreatedUse::kLeftOut);
};

}  // namespace streamhouse::exporters
