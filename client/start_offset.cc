#include "client/start_offset.h"

#include <algorithm>

namespace streamhouse::client {

namespace {

// For a place past an end that may be out of date.
Result<StartOffset> WithinLog(Broker& broker, const TopicPartition& partition, StartOffset start,
                              const CallLimits& limits) {
  const Result<Watermarks> log =
      broker.ReadWatermarks({.partition = partition, .open_id = start.position.life.open_id}, limits);
  if (!log.ok()) return log.status();
  if (start.position.life.IsOfAnotherTopic(log.value().life)) return start;
  const Offset offset = std::min(start.position.In(log.value().life), log.value().high_watermark);
  start.position = {.offset = std::max(offset, log.value().log_start_offset), .life = log.value().life};
  return start;
}

}  // namespace

Result<StartOffset> FindStartOffset(Broker& broker, const std::string& group, const TopicPartition& partition,
                                    OffsetReset policy, const CallLimits& limits) {
  // The log first: where it is opened again between the two calls, its life is out of date, and the
  // first fetch shows it. In the other order, a commit of the old log would be taken for one of the
  // new log.
  const Result<Watermarks> watermarks = broker.ReadWatermarks(partition, std::nullopt, limits);
  if (!watermarks.ok()) return watermarks.status();
  const LogLife& life = watermarks.value().life;
  if (!group.empty()) {
    const Result<std::optional<Offset>> committed = broker.Committed(group, partition, limits);
    if (!committed.ok()) return committed.status();
    if (committed.value()) {
      const LogPosition place = {.offset = std::max(*committed.value(), watermarks.value().log_start_offset),
                                 .life = life};
      if (place.offset <= watermarks.value().high_watermark)
        return StartOffset{.position = place, .committed = committed.value()};
      return WithinLog(broker, partition, {.position = place, .committed = committed.value()}, limits);
    }
  }
  const Result<Offset> offset = ResetOffset(policy, watermarks.value());
  if (!offset.ok()) return offset.status();
  return StartOffset{.position = {.offset = offset.value(), .life = life}};
}

}  // namespace streamhouse::client
