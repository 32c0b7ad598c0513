// OffsetReset: where to read when there is no valid offset to continue from.
//
// It decides at the start, for a group that has never committed in a partition (or no group at all), and later, when
// the position has fallen out of the log.
// When to use something else: Seek(), for a place of one's own choosing.
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
  kNone,      // that is an error
};

// kOutOfRange with kNone.
inline metrics::Result<Offset> ResetOffset(OffsetReset policy, const Watermarks& watermarks) {
  switch (policy) {
    case OffsetReset::kEarliest:
      return watermarks.log_start;
    case OffsetReset::kLatest:
      return watermarks.high;
    case OffsetReset::kNone:
      break;
  }
  return metrics::Status(metrics::StatusCode::kOutOfRange, "no valid offset to continue from, and no reset policy");
}

}  // namespace streamhouse::client
