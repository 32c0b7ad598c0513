// SentAt: when a record was sent, as far as its timestamp can be believed.
//
// When to use something else: RecordView::timestamp_ms, for what the producer gave.
// Guarantees:
// 1. The result is milliseconds since the Unix epoch.
// 2. It is after the append time only where the append time is before kCredibleFromMs.
// Thread safety: a pure function.
// Cost: some comparisons.
#pragma once

#include <cstdint>

#include "agent/log/ages_at_open.h"
#include "agent/log/log_format.h"

namespace streamhouse::agent {

// The record's timestamp. The append time instead:
// - where the timestamp is 0 or less,
// - where the timestamp is later than the append time, unless the clock had lost its date at the
//   append (kCredibleFromMs).
inline std::int64_t SentAt(const RecordView& record, std::int64_t append_time_ms) {
  const bool is_sent_later = record.timestamp_ms > append_time_ms && append_time_ms >= kCredibleFromMs;
  return record.timestamp_ms > 0 && !is_sent_later ? record.timestamp_ms : append_time_ms;
}

}  // namespace streamhouse::agent
