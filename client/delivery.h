// Delivery: where a record ended up; DeliveryCallback: who is told.
//
// When to use something else: the future of Producer::Send(), for a thread that waits;
// ProducerMetrics to count.
// Guarantees:
// 1. An accepted record has exactly one result: a Delivery, or the Status that says why not.
// 2. Within a partition, results come in the order of the sends.
// Thread safety: callbacks run on the producer's sender threads, one at a time per partition,
// without any lock held.
// Cost: one result object is shared by the callbacks of a batch; copy it to keep it.
#pragma once

#include <functional>

#include "client/record.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

struct Delivery {
  TopicPartition partition;
  Offset offset = 0;
};

// Short, and it neither throws nor calls Flush() or Close(): while it runs, its partition waits. A
// Send() in it may find the buffer full, and then waits for room that only other partitions can
// give.
using DeliveryCallback = std::function<void(const metrics::Result<Delivery>&)>;

}  // namespace streamhouse::client
