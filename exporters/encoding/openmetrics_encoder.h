// OpenMetricsEncoder: a snapshot as a page of OpenMetrics text 1.0.
//
// When to use something else: TextEncoder for readers that do not ask for OpenMetrics.
// Guarantees: those of TextPage; the page is legal whatever is in help texts and label values. It ends with "# EOF", so
// that a page that was cut off is not taken for a whole one. A histogram with a negative bound has neither _sum nor
// _count, since OpenMetrics forbids them there. Thread safety: one thread at a time. Cost: see TextPage.
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
