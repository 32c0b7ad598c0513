// PartitionLagReader: computes the lag of one group in one partition from a commit and the log.
//
//   records = offsets of [position, end of the log) that can be read, as far as damage is known
//   bytes   = keys, values and headers of these records; absent where some of them are known to be damaged
//   seconds = now - timestamp of the first of them (PartitionLog::FindTimestamp), 0 where there is none
//   margin  = last append to the segment of the first of them + retention by age - now; absent in the last segment,
//             without retention by age, and where there is none
// The position is the commit, moved into the log where the log no longer holds it.
// When to use something else: LagRefresh, for all groups of an agent.
// Guarantees:
// 1. 0 <= records <= what the log holds.
// 2. The end of the log is that of `extent`, so that groups of one partition are compared with one
//    end.
// 3. A step of the wall clock changes the seconds, never the margin.
// Thread safety: one thread.
// Cost: while position and damage stay, a look-up in memory. Otherwise a read of at most
// kIndexIntervalBytes and a batch. Where bytes of old segments are not counted, it counts them
// while `budget` lasts (CountBudget).
#pragma once

#include <cstdint>
#include <optional>

#include "agent/lag/group_lag.h"
#include "agent/log/log_measures.h"
#include "agent/log/retention.h"
#include "agent/topics/partition.h"

namespace streamhouse::agent {

// After a restart, the message bytes of old segments are counted only where a group needs them, and
// by at most so much a refresh (or one segment).
inline constexpr std::uint64_t kCountedBytesPerRefreshMax = std::uint64_t{64} << 20;

struct CountBudget {
  std::uint64_t bytes = kCountedBytesPerRefreshMax;
};

// Both are read once for all groups.
struct LagTimes {
  std::int64_t wall_ms = 0;    // since the Unix epoch
  std::int64_t steady_ms = 0;  // by the steady clock of the logs
};

struct ServedLog {
  Partition& partition;
  LogExtent extent;
  Retention retention;
};

class PartitionLagReader {
 public:
  PartitionLag Read(const ServedLog& log, std::uint64_t committed, const LagTimes& now, CountBudget& budget);

 private:
  void Measure(Partition& partition, std::uint64_t position, CountBudget& budget);

  // The first record from position_ on that can be read; nothing where it was not read, or there is
  // none.
  std::uint64_t position_ = 0;
  std::optional<RecordMeasure> measure_;
};

}  // namespace streamhouse::agent
