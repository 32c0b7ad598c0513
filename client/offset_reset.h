// OffsetReset: where to start in a partition in which the group has never committed, or without a
// group.
//
// When to use something else: Seek(), for a place of one's own choosing.
// Guarantees:
// 1. It decides at the start alone. A position that retention has passed continues with the first
//    record left; one past the end of the log continues at the end.
// 2. A topic that was deleted and created again counts as a new one.
// Thread safety: pure.
// Cost: none.
#pragma once

#include <cstdint>

#include "client/broker.h"
#include "client/record.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

enum class OffsetReset : std::uint8_t {
  kEarliest,  // the first record that the log still has
  kLatest,    // only what comes from now on
  kNone,      // the consumer gets an error
};

// kOutOfRange with kNone.
inline metrics::Result<Offset> ResetOffset(OffsetReset policy, const Watermarks& watermarks) {
  switch (policy) {
    case OffsetReset::kEarliest:
      return watermarks.log_start_offset;
    case OffsetReset::kLatest:
      return watermarks.high_watermark;
    case OffsetReset::kNone:
      break;
  }
  return metrics::Status(metrics::StatusCode::kOutOfRange, "no committed offset to continue from, and no reset policy");
}

}  // namespace streamhouse::client
