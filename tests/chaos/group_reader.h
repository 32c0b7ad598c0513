// GroupReader: notes the records and commits of one member of a group, for the ledger.
//
// When to use something else: Ledger::NoteConsumed, for a reader without a group.
// Guarantees: the ledger is told of each record that the member was given although it was committed
// before:
// - by the group, before the member began to read its partition, or
// - by the member itself.
// Records that come in sequence are not suspected: a member that was slow to hear that its
// partition is another's may read on for a while.
// Thread safety: one thread; the ledger is shared and outlives it.
//
//   GroupReader reader(ledger);
//   while (…) {
//     reader.BeforePoll();
//     const auto polled = consumer->Poll(…);
//     reader.Follow(consumer->Assignment());
//     for (const ConsumedRecord& record : *polled) reader.Given(…);
//     if (consumer->Commit().ok()) reader.NoteCommitted(…, consumer->Position(…));
//   }
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/chaos/ledger.h"

namespace streamhouse::chaos {

class GroupReader {
 public:
  // It has not begun to read anything.
  explicit GroupReader(Ledger& ledger) : ledger_(ledger) {
    ledger_.AddReader(*this);
    BeforePoll();
  }
  ~GroupReader() { ledger_.RemoveReader(*this); }
  GroupReader(const GroupReader&) = delete;
  GroupReader& operator=(const GroupReader&) = delete;

  // What it begins to read from now on begins where the group has committed, now or later.
  void BeforePoll();

  // These are the partitions that it reads.
  void Follow(const std::vector<std::uint32_t>& partitions);

  // The poll has returned no record, or a failure.
  void NothingGiven() { ledger_.NoteNothingGiven(*this, drains_); }
  void Given(std::uint32_t partition, std::uint64_t offset, const std::string& value);

  // A commit of the member's position has succeeded. That may be before the last record that it was
  // given: where a partition is taken away and given back within one poll, the member begins at the
  // group's commit.
  void NoteCommitted(std::uint32_t partition, std::uint64_t next);

 private:
  struct Run {
    Floor floor;                             // what it must not be given
    std::optional<std::uint64_t> next = {};  // after the last record that it was given
    std::size_t cuts = 0;                    // when it was
  };

  Run& RunOf(std::uint32_t partition);

  Ledger& ledger_;
  std::size_t drains_ = 0;                 // as of the last BeforePoll()
  std::map<std::uint32_t, Floor> floors_;  // as of the last BeforePoll()
  std::map<std::uint32_t, Run> runs_;      // since it has the partition
};

}  // namespace streamhouse::chaos
