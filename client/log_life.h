// LogLife and LogPosition: which log an offset counts in.
//
// An offset is a number of one log. A topic that is deleted and created again has another log under
// the same name. A log that lost its end, for example in a power cut, gives the lost offsets to
// other records.
// When to use something else: a plain Offset, where the log cannot have changed meanwhile.
// Guarantees: plain values.
// Thread safety: as for any value.
// Cost: none.
#pragma once

#include <algorithm>
#include <cstdint>

#include "client/record.h"

namespace streamhouse::client {

// 0 stands for: not known, as with an agent that does not tell.
struct LogLife {
  std::uint64_t topic_id = 0;  // of one life of the topic
  std::uint64_t open_id = 0;   // drawn by the broker whenever it opens the log
  // The lowest end that the log had when it was opened, over all openings since the one that the
  // call named; of this opening alone, if the call named none. Records at and behind it may have
  // been written since.
  Offset end_at_open = 0;

  // Whether both are known, and of different topics of the same name.
  bool IsOfAnotherTopic(const LogLife& other) const {
    return topic_id != 0 && other.topic_id != 0 && topic_id != other.topic_id;
  }

  friend bool operator==(const LogLife&, const LogLife&) = default;
};

struct LogPosition {
  Offset offset = 0;
  LogLife life = {};

  // The same place in the log as it is now: a log that was opened again may hold other records from
  // end_at_open on. `now` is the response to a call that named the open_id of this position.
  // Example: offset 100; the log was opened again with an end of 90: the place is 90, also when the
  // end is 105 by now.
  Offset In(const LogLife& now) const {
    const bool was_opened_again = life.open_id != 0 && now.open_id != 0 && life.open_id != now.open_id;
    return was_opened_again ? std::min(offset, now.end_at_open) : offset;
  }

  friend bool operator==(const LogPosition&, const LogPosition&) = default;
};

}  // namespace streamhouse::client
