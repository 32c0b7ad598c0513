// OtlpJsonEncoder: OTLP requests in JSON, as application/json.
//
// When to use something else: OtlpProtobufEncoder, unless the receiver asks for JSON: its requests
// are a third of the size.
// Guarantees:
// 1. Those of OtlpRequests.
// 2. OtlpProtobufEncoder sends equal values.
// Thread safety: one thread at a time.
// Cost: that of OtlpRequests.
//
//   OtlpJsonEncoder encoder(snapshot, OtlpResource(snapshot.target()));
//   PageChunk chunk(request_bytes);
//   const PageSource::Progress progress = encoder.Fill(chunk);  // and Post(chunk.view()) unless it is empty
#pragma once

#include "exporters/encoding/page_chunk.h"
#include "exporters/otlp/otlp_json_format.h"
#include "exporters/otlp/otlp_requests.h"
#include "exporters/view/delta_view.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class OtlpJsonEncoder : public OtlpRequests<OtlpJsonFormat> {
 public:
  // `snapshot` must outlive the encoder.
  OtlpJsonEncoder(const metrics::Snapshot& snapshot, const metrics::TargetAttributes& resource,
                  DeltaFamilies deltas = DeltaFamilies::kNone)
      : OtlpRequests(snapshot, resource, deltas) {}

  Progress Fill(PageChunk& chunk) override;
};

}  // namespace streamhouse::exporters
