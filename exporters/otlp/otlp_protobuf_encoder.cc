#include "exporters/otlp/otlp_protobuf_encoder.h"

namespace streamhouse::exporters {

PageSource::Progress OtlpProtobufEncoder::Fill(PageChunk& chunk) {
  return FillRequest(chunk, [&](const metrics::FamilySnapshot& family) {
    return family.Visit([&](const auto& values) { return FillPoints(family, values, chunk); });
  });
}

}  // namespace streamhouse::exporters
