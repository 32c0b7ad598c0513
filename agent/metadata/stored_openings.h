// StoredOpenings: LogOpenings::stored() of a log, as a metadata store keeps it.
//
// When to use something else: LogOpenings (agent/log/log_openings.h) says what an opening means.
// Thread safety: a value.
// Cost: a copy of the openings.
#pragma once

#include <vector>

#include "agent/log/log_openings.h"
#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

struct StoredOpenings {
  TopicIdPartition partition;
  std::vector<LogOpening> openings;
};

}  // namespace streamhouse::agent
