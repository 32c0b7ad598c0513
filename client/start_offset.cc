#include "client/start_offset.h"

namespace streamhouse::client {

Result<StartOffset> FindStartOffset(Broker& broker, const std::string& group, const TopicPartition& partition,
                                    OffsetReset policy, const CallLimits& limits) {
  if (!group.empty()) {
    const Result<std::optional<Offset>> committed = broker.Committed(group, partition, limits);
    if (!committed.ok()) return committed.status();
    if (committed.value()) return StartOffset{.offset = *committed.value(), .committed = committed.value()};
  }
  const Result<Watermarks> watermarks = broker.ReadWatermarks(partition, std::nullopt, limits);
  if (!watermarks.ok()) return watermarks.status();
  const Result<Offset> offset = ResetOffset(policy, watermarks.value());
  if (!offset.ok()) return offset.status();
  return StartOffset{.offset = offset.value(), .committed = {}};
}

}  // namespace streamhouse::client
