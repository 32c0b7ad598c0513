// OpenMetricsEncoder: a snapshot as a page of OpenMetrics text 1.0.
//
// When to use something else: TextEncoder for readers that do not ask for OpenMetrics.
// Guarantees: those of TextPage, and
// 1. Any help text and any label value give a legal page. Guarantee 4 is the one exception.
// 2. The page ends with "# EOF", so that a reader notices a truncated page.
// 3. Each family has a UNIT line, which is empty for a family without a unit.
// 4. Every histogram has _count and _sum, even if a bound or the sum is negative. OpenMetrics 1.0
//    forbids _sum there. Prometheus and the Collector read it, and lose the histogram or its sum
//    without it. Python's prometheus_client refuses such a page: for this reader use bounds and
//    values of at least 0.
// One encoder is one page: make another one for the next. Its Fill() never fails.
// Thread safety: one thread at a time.
// Cost: see TextPage.
//
//   const Snapshot snapshot = registry.TakeSnapshot();
//   OpenMetricsEncoder encoder(snapshot.families());
//   const std::string page = ReadPage(encoder).value();  // or chunk by chunk, see page_chunk.h
#pragma once

#include <span>

#include "exporters/encoding/text_page.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class OpenMetricsEncoder : public TextPage {
 public:
  // The snapshot that `families` belong to must outlive the encoder.
  explicit OpenMetricsEncoder(std::span<const metrics::FamilySnapshot> families,
                              CreatedUse created = CreatedUse::kLeftOut);
};

}  // namespace streamhouse::exporters
