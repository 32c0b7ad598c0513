// StartOffset: where to begin with a partition.
//
// When to use something else: Seek(), for a place of one's own choosing.
// Guarantees: what the group has committed, if it has; otherwise what the policy says.
// Thread safety: any thread.
// Cost: one or two calls to the broker. Errors: kOutOfRange with OffsetReset::kNone, or the broker's failure.
#pragma once

#include <optional>
#include <string>

#include "client/broker.h"
#include "client/offset_reset.h"
#include "client/record.h"

namespace streamhouse::client {

struct StartOffset {
  Offset offset = 0;
  std::optional<Offset> committed;
};

// Without a group, nothing was committed.
Result<StartOffset> FindStartOffset(Broker& broker, const std::string& group, const TopicPartition& partition,
                                    OffsetReset policy, const CallLimits& limits);

}  // namespace streamhouse::client
