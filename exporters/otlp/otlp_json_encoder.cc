#include "exporters/otlp/otlp_json_encoder.h"

#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {

PageSource::Progress OtlpJsonEncoder::Fill(PageChunk& chunk) {
  const SeriesPosition before = position();
  const Progress progress = FillRequest(chunk, [&](const metrics::FamilySnapshot& family) {
    return family.Visit([&](const auto& values) { return FillPoints(family, values, chunk); });
  });
  // Invariant 1 of exporters/otlp/otlp_requests.h.
  metrics::DCheck([&] { return chunk.empty() == (samples() == 0); }, "a request has points");
  // Invariant 2 of exporters/otlp/otlp_requests.h.
  metrics::DCheck([&] { return before <= position(); }, "a request begins behind the one before");
  return progress;
}

}  // namespace streamhouse::exporters
