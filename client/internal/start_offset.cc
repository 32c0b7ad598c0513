#include "client/internal/start_offset.h"

#include <algorithm>

namespace streamhouse::client {

namespace {

bool IsOpenedAgain(const LogLife& before, const LogLife& now) {
  return before.open_id != 0 && now.open_id != 0 && before.open_id != now.open_id;
}

}  // namespace

Result<StartOffset> FindStartOffset(Broker& broker, const std::string& group, const TopicPartition& partition,
                                    OffsetReset policy, const CallLimits& limits) {
  // The log first: where it is opened again between the two calls, its life is out of date, and the
  // first fetch shows it. In the other order, a commit of the old log would be taken for one of the
  // new log.
  Result<Watermarks> log = broker.ReadWatermarks(partition, std::nullopt, limits);
  while (log.ok()) {
    std::optional<Offset> committed;
    if (!group.empty()) {
      const Result<std::optional<Offset>> found = broker.Committed(group, partition, limits);
      if (!found.ok()) return found.status();
      committed = found.value();
    }
    if (!committed) {
      const Result<Offset> offset = ResetOffset(policy, log.value());
      if (!offset.ok()) return offset.status();
      return StartOffset{.position = {.offset = offset.value(), .life = log.value().life}};
    }
    const LogLife life = log.value().life;
    const LogPosition place = {.offset = std::max(*committed, log.value().log_start_offset), .life = life};
    if (place.offset <= log.value().high_watermark) return StartOffset{.position = place, .committed = committed};
    // Past the end, which may be out of date.
    log = broker.ReadWatermarks({.partition = partition, .open_id = life.open_id}, limits);
    if (!log.ok()) break;
    if (life.IsOfAnotherTopic(log.value().life)) return StartOffset{.position = place, .committed = committed};
    // Opened again, so that the commit may be of records that were written since: it is looked up
    // again, beside the log as it is now.
    if (IsOpenedAgain(life, log.value().life)) continue;
    const Offset offset = std::min(place.offset, log.value().high_watermark);
    return StartOffset{.position = {.offset = std::max(offset, log.value().log_start_offset), .life = log.value().life},
                       .committed = committed};
  }
  return log.status();
}

}  // namespace streamhouse::client
