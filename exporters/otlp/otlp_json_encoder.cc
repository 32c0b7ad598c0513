#include "exporters/otlp/otlp_json_encoder.h"

namespace streamhouse::exporters {

PageSource::Progress OtlpJsonEncoder::Fill(PageChunk& chunk) {
  return FillRequest(chunk, [&](const metrics::FamilySnapshot& family) {
    return family.Visit([&](const auto& values) { return FillPoints(family, values, chunk); });
  });
}

}  // namespace streamhouse::exporters
