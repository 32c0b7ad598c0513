// SendAllByLibrdkafka: the same records as the project's producer sends, by librdkafka's, at its
// best.
//
// Explicit partitions in turn and batches of the same number of records; each record is copied and
// its delivery reported, as a careful program would ask for. Linger and buffer are its defaults, 5
// ms and 100,000 records, and nothing is compressed: the limits of the project's producer make it
// slower. Idempotence, which that one always has, is a choice here.
// When to use something else: client::Producer, for a real program.
// Guarantees: returns when every record is acknowledged; anything else ends the program.
// Thread safety: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/latencies.h"

namespace streamhouse::bench {

struct KafkaLoad {
  std::int64_t records = 0;
  std::uint32_t partitions = 0;
  std::size_t record_bytes = 0;
  std::size_t batch_records = 0;
  std::string idempotence = "true";  // or "false"
  std::int64_t sample_every = 0;     // of which the latency is noted
};

void SendAllByLibrdkafka(const std::string& address, const KafkaLoad& load, Latencies& latencies);

}  // namespace streamhouse::bench
