#include "integrations/librdkafka/lag_rule.h"

#include <algorithm>

namespace streamhouse::librdkafka {

std::int64_t EndOf(const PartitionStatistics& partition, Isolation isolation) {
  return isolation == Isolation::kReadCommitted ? partition.ls_offset : partition.hi_offset;
}

Lag LagOf(const PartitionStatistics& partition, std::optional<std::int64_t> position, Isolation isolation,
          Fetch fetch) {
  const std::int64_t end = EndOf(partition, isolation);
  if (!position || !partition.is_desired || !partition.is_active || end < 0 || *position > end) return {};
  const std::int64_t distance = std::max<std::int64_t>(end - std::max(*position, partition.lo_offset), 0);
  Lag lag = {.at_least = distance};
  if (fetch == Fetch::kYoung) lag.exact = distance;
  return lag;
}

}  // namespace streamhouse::librdkafka
