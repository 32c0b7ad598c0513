// DeliveryTally: what became of the records of a run, counted without the help of the metrics that
// it may be compared with.
//
// When to use something else: ProducerMetrics, for numbers that a page shows.
// Guarantees: every record given to Send() is sent, and then acked or failed, once its producer is
// closed.
// Thread safety: Send() from one thread at a time; counts() from any. Outlives the producer.
// Cost: one short lock a record, twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/producer.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

class DeliveryTally {
 public:
  struct Counts {
    std::uint64_t sent = 0;  // given to the producer, whether it took them or not
    std::uint64_t acked = 0;
    std::uint64_t failed = 0;
    metrics::Status first_failure;

    // "sent=5 acked=4 failed=1"
    std::string ToString() const;
  };

  // Sends a record with this value.
  void Send(client::Producer& producer, std::string_view topic, std::string_view value);

  Counts counts() const;

 private:
  void CountFailure(const metrics::Status& failure);

  mutable metrics::Mutex mutex_;
  Counts counts_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::apps
