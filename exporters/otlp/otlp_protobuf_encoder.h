// OtlpProtobufEncoder: OTLP requests in Protobuf, as application/x-protobuf.
//
// When to use something else: OtlpJsonEncoder, for receivers and people that read JSON only.
// Guarantees:
// 1. Those of OtlpRequests.
// 2. OtlpJsonEncoder sends equal values.
// Thread safety: one thread at a time.
// Cost: that of OtlpRequests.
//
//   OtlpProtobufEncoder encoder(snapshot, OtlpResource(snapshot.target()));
//   PageChunk chunk(request_bytes);
//   const PageSource::Progress progress = encoder.Fill(chunk);  // and Post(chunk.view()) unless it is empty
#pragma once

#include "exporters/encoding/page_chunk.h"
#include "exporters/otlp/otlp_protobuf_format.h"
#include "exporters/otlp/otlp_requests.h"
#include "exporters/view/delta_view.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class OtlpProtobufEncoder : public OtlpRequests<OtlpProtobufFormat> {
 public:
  // `snapshot` must outlive the encoder.
  OtlpProtobufEncoder(const metrics::Snapshot& snapshot, const metrics::TargetAttributes& resource,
                      DeltaFamilies deltas = DeltaFamilies::kNone)
      : OtlpRequests(snapshot, resource, deltas) {}

  Progress Fill(PageChunk& chunk) override;
};

}  // namespace streamhouse::exporters
