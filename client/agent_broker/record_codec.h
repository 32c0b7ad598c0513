// Record codec: RecordBatch to and from the wire.
//
// When to use something else: nothing; these are the only copies between a batch and a message.
// Guarantees: a batch that is decoded has the records of the one that was encoded, in their order.
// Thread safety: pure; see proto/record_block.h for what compression keeps.
// Cost: one copy of a batch as a whole, compression apart. A message that was used before and
// cleared allocates nothing for a batch no larger than those before. Records that come one by one
// are copied one by one.
// Errors: kDataLoss for a block that is not what it says, or is over a limit.
#pragma once

#include <cstddef>

#include "client/compression.h"
#include "client/record_batch.h"
#include "metrics_core/status.h"
#include "proto/streamhouse.pb.h"

namespace streamhouse::client {

v1::Compression ToWire(Compression compression);

// With the compression that the batch asks for.
void EncodeRecords(const RecordBatch& batch, v1::RecordBlock& block);

// The block of the response, or its records where it has none. `records_bytes_max`: of a block,
// once it is decompressed.
metrics::Result<RecordBatch> DecodeRecords(const v1::FetchResponse& response, std::size_t records_bytes_max);

}  // namespace streamhouse::client
