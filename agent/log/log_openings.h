// LogOpenings: how often a log was opened, and where it ended each time.
//
// A log can lose its end before it is opened, as in a power cut; other records get the lost offsets
// then. A reader that last read at an earlier opening continues at the lowest of its position and
// the ends of all openings since then.
// Example: a reader stands at 100 since opening A. Opening B found the log with an end of 90, and
// 20 records were written; opening C found an end of 110. The reader continues at 90.
// When to use something else: PendingOpenings draws and stores openings.
// Invariants:
// 1. The upper half of an id is a place in the order of openings.
// 2. An opening that has taken no record is not always stored. The next one then has the same place
//    and another lower half, and at most one of the two is stored.
// 3. The ends of the earlier openings rise. An opening with an end at or above a later end changes
//    no result, and is left out.
// Guarantees:
// 1. LowestEndSince() is never above the end of a known opening after `id`.
// 2. It can be too low, so that records come again:
//    - where more than kEarlierOpeningsMax openings with rising ends lie between;
//    - for an id at a later place than the current one: metadata.db is older than the log, or the
//      id comes from an agent that drew ids at random. Then the result is the lowest of all ends.
// Thread safety: a value.
// Cost: of a look-up, a walk over the earlier openings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace streamhouse::agent {

inline constexpr std::size_t kEarlierOpeningsMax = 8;

struct LogOpening {
  std::uint64_t id = 0;  // not 0; differs from that of every other opening
  std::uint64_t end_offset = 0;

  friend bool operator==(const LogOpening&, const LogOpening&) = default;
};

class LogOpenings {
 public:
  // A new opening of a log that ends at `end_offset`. `earlier` is stored() of the opening before,
  // or empty.
  LogOpenings(std::vector<LogOpening> earlier, std::uint64_t end_offset);

  const LogOpening& current() const { return current_; }

  // Of the openings after `id`; of all openings where `id` is at a later place than the current
  // one. The end at the current one where no id is given (0).
  std::uint64_t LowestEndSince(std::uint64_t id) const;

  // The openings that the next opening must know, in their order; the current one is the last.
  std::vector<LogOpening> stored() const;

 private:
  std::vector<LogOpening> earlier_;
  LogOpening current_;
};

}  // namespace streamhouse::agent
