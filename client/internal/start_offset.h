// StartOffset: where to begin with a partition.
//
// When to use something else: Seek(), for a place of one's own choosing.
// Guarantees: what the group has committed, if it has, or the nearer end of the log where that lies
// outside of it; otherwise what the policy says.
// Thread safety: any thread.
// Cost: one to three calls to the broker, and two more each time that the log is opened again
// meanwhile.
// Errors: kOutOfRange with OffsetReset::kNone, or the broker's failure.
#pragma once

#include <optional>
#include <string>

#include "client/broker.h"
#include "client/log_life.h"
#include "client/offset_reset.h"
#include "client/record.h"

namespace streamhouse::client {

struct StartOffset {
  LogPosition position = {};
  std::optional<Offset> committed = {};
};

// Without a group, nothing was committed.
Result<StartOffset> FindStartOffset(Broker& broker, const std::string& group, const TopicPartition& partition,
                                    OffsetReset policy, const CallLimits& limits);

}  // namespace streamhouse::client
