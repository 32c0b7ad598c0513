// TextEncoder: a snapshot as a page of the Prometheus text format 0.0.4.
//
// When to use something else: OpenMetricsEncoder where the reader asks for it
// (content_negotiation.h); it alone shows units.
// Guarantees:
// 1. Those of TextPage.
// 2. Every help text and every label value gives a legal page.
// 3. Counters and bucket counts have all their digits, also beyond 2^53, which readers round.
// 4. Infos and state sets are gauges here, also the target (docs/decisions/target_on_pages.md).
// 5. UTF-8 names stand in quotes. A reader that knows legacy names only refuses them: give it
//    EscapedView (escaped_view.h).
// Lifetime: one encoder a page; each page needs a new one.
// Thread safety: one thread at a time.
// Cost: see TextPage.
//
//   const Snapshot snapshot = registry.TakeSnapshot();
//   const Snapshot escaped = EscapedView(snapshot.families(), NameEscaping::kUnderscores);
//   TextEncoder encoder(escaped.families());
//   while (encoder.Fill(chunk) == PageSource::Progress::kMore) …  // as in page_chunk.h
#pragma once

#include <span>

#include "exporters/encoding/text_page.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class TextEncoder : public TextPage {
 public:
  // `families` must outlive the encoder.
  explicit TextEncoder(std::span<const metrics::FamilySnapshot> families);
};

}  // namespace streamhouse::exporters
