// OpenMetrics2Encoder: a snapshot as a page of OpenMetrics text 2.0 (2.0.0-rc0, March 2026).
//
// When to use something else: OpenMetricsEncoder for readers that do not name version 2.0.0;
// ProtobufEncoder brings the same to readers that know no 2.0.
// Guarantees: those of TextPage, and
// 1. Any help text and any label value give a legal page, which says the same. Only carriage
//    returns at the end of a help text are left out, as Prometheus 3.16 would refuse the page.
// 2. The page ends with "# EOF", so that a reader notices a truncated page.
// 3. A family and its samples have one name, that of its registration. A family without a unit has
//    no UNIT line.
// 4. A histogram or summary is one line a series, and always has its count and sum. Exponential
//    histograms have their native buckets, and behind these the classic ones (composite_values.h).
// 5. A start time that the registry keeps stands on the line (st@), never in a sample of its own.
// 6. Each exemplar has a time; a histogram has at most one for each classic bucket.
// 7. Counters, and sums and quantiles of summaries, stand as their callbacks give them, also below
//    0, although the specification wants them to be at least 0.
// 8. Fill() never fails.
// Lifetime: one encoder a page; each page needs a new one.
// Thread safety: one thread at a time.
// Cost: see TextPage. A line of a histogram is reserved as a whole, with its exemplars.
//
//   const Snapshot snapshot = registry.TakeSnapshot();
//   OpenMetrics2Encoder encoder(snapshot.families());
//   const std::string page = ReadPage(encoder).value();  // or chunk by chunk, see page_chunk.h
#pragma once

#include <span>

#include "exporters/encoding/composite_values.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/sample_name.h"
#include "exporters/encoding/text_page.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class OpenMetrics2Encoder : public TextPage {
 public:
  // The snapshot that `families` belong to must outlive the encoder.
  explicit OpenMetrics2Encoder(std::span<const metrics::FamilySnapshot> families);

 protected:
  void BeginLines(const metrics::FamilySnapshot& family) override;
  bool FillLines(const metrics::FamilySnapshot& family, PageChunk& chunk) override;

 private:
  bool FillComposite(const metrics::FamilySnapshot& family, PageChunk& chunk);
  char* WriteExemplars(char* out) const;

  // Of the present family.
  bool is_composite_ = false;
  CompositeValues composites_;
  SampleName name_;  // where it is composite
};

}  // namespace streamhouse::exporters
