// ProducerRpc: ProducerService on the wire. Translates; Partition decides.
//
// When to use something else: Partition::Append, inside of the agent.
// Guarantees:
// 1. A request is written whole or not at all, and answered once.
// 2. Each record that a request claims is counted as received, and as written, duplicate or refused
//    (record_metrics.h).
// 3. A failure tells whether the batch may be in the log: UNAVAILABLE comes with
//    v1::kNotWrittenDetails, a full disk with v1::kDiskFullDetails.
// Thread safety: gRPC calls it from any thread.
// Cost: no copy of a block of records, unless it is compressed; one of each record otherwise. The
// append runs on gRPC's thread, and under SyncPolicy::kEachBatch that thread waits for the disk.
#pragma once

#include <cstddef>

#include "agent/rpc/arena_allocator.h"
#include "agent/topics/topic_catalog.h"
#include "metrics_core/exemplar.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::agent {

class ProducerRpc final : public v1::ProducerService::CallbackService {
 public:
  // `topics` must outlive the server. A request over `request_bytes_max` is refused: of keys,
  // values, and kRecordHeaderBytes a record; of a compressed block, before it is decompressed.
  ProducerRpc(const TopicCatalog& topics, std::size_t request_bytes_max)
      : topics_(topics), request_bytes_max_(request_bytes_max) {
    SetMessageAllocatorFor_Produce(&allocator_);
  }

  grpc::ServerUnaryReactor* Produce(grpc::CallbackServerContext* context, const v1::ProduceRequest* request,
                                    v1::ProduceResponse* response) override;

 private:
  grpc::Status Append(const v1::ProduceRequest& request, const metrics::TraceContext& trace,
                      v1::ProduceResponse& response) const;

  const TopicCatalog& topics_;
  const std::size_t request_bytes_max_;
  ArenaAllocator<v1::ProduceRequest, v1::ProduceResponse> allocator_;
};

}  // namespace streamhouse::agent
