// GroupTimes: when each consumer group was last heard of, and when it last committed.
//
// The two tell an idle group from a dead one. An idle group asks and does not commit; a dead group
// does neither.
// When to use something else: GroupCoordinator, for whether a member's session has ended.
// Guarantees:
// 1. A time is that of this process; before the first request since its start there is none.
// 2. At most kGroupsTimedMax groups have times: further ones are not noted until others are
//    forgotten.
// 3. A group that has a commit or members keeps its times, also without a series of its own on the
//    page (kGroupsShownMax).
// Thread safety: any thread.
// Cost: a lock and a look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "agent/log/log_clocks.h"
#include "metrics_core/clock.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

inline constexpr std::size_t kGroupsTimedMax = 20'000;

// In milliseconds since the Unix epoch; nothing for what did not happen.
struct GroupTime {
  std::optional<std::int64_t> request_ms;
  std::optional<std::int64_t> commit_ms;

  friend bool operator==(const GroupTime&, const GroupTime&) = default;
};

class GroupTimes {
 public:
  // How many notes were taken so far.
  using Mark = std::uint64_t;

  explicit GroupTimes(WallClock clock = metrics::Clock::UnixMilliseconds) : clock_(std::move(clock)) {}

  // The group exists, and has asked for something.
  void NoteRequest(const std::string& group);
  // The same, and what it asked for was a commit that is stored.
  void NoteCommit(const std::string& group);

  GroupTime Find(const std::string& group) const;

  // Forgets what was noted before the mark of all groups but these.
  Mark mark() const;
  void KeepOnly(const std::set<std::string>& groups, Mark mark);
  // The group is deleted.
  void Forget(const std::string& group);

 private:
  struct TimedGroup {
    GroupTime time = {};
    Mark last = 0;  // the number of its last note
  };

  // Null beyond the limit.
  TimedGroup* Note(const std::string& group) STREAMHOUSE_REQUIRES(mutex_);

  // Immutable after construction.
  const WallClock clock_;

  mutable metrics::Mutex mutex_;
  Mark notes_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  std::map<std::string, TimedGroup> groups_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::agent
