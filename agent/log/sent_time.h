// SentAt: when a record was sent, as far as its timestamp can be believed.
//
// Pure; any thread.
#pragma once

#include <cstdint>

#include "agent/log/ages_at_open.h"
#include "agent/log/log_format.h"

namespace streamhouse::agent {

// Its timestamp, at most the time when it was appended, unless the clock had lost its date then
// (kCredibleFromMs); that time where the timestamp is 0 or less.
inline std::int64_t SentAt(const RecordView& record, std::int64_t append_time_ms) {
  const bool is_sent_later = record.timestamp_ms > append_time_ms && append_time_ms >= kCredibleFromMs;
  return record.timestamp_ms > 0 && !is_sent_later ? record.timestamp_ms : append_time_ms;
}

}  // namespace streamhouse::agent
