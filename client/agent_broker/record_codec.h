// Record codec: RecordBatch to and from the wire's records.
//
// When to use something else: nothing; these two are the only copies between a batch and a message.
// Guarantees: no key and an empty key stay different; the order is kept.
// Thread safety: pure.
// Cost: one copy of each record; into a message that has been used before and cleared, no allocation for records no
// larger than those before.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "client/record_batch.h"
#include "proto/streamhouse.pb.h"

namespace streamhouse::client {

using WireRecords = google::protobuf::RepeatedPtrField<v1::Record>;

// Appends to `wire`.
void EncodeRecords(const RecordBatch& batch, WireRecords& wire);

RecordBatch DecodeRecords(const WireRecords& wire);

}  // namespace streamhouse::client
