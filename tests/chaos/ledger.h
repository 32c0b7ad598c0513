// Ledger: notes acknowledged and read records, and checks that the log keeps every promise.
//
// Producers number their records; a value is "producer:number". The ledger is told of every
// acknowledgement and of every record that a group has read, and is shown the whole log at the end.
// Guarantees: Check() finds
// - an acknowledged record that is not at its acknowledged offset,
// - a record that is in the log twice,
// - records of one producer that are out of order within a partition,
// - a record that a group was given and that is not in the log,
// - a record before a group's committed offset that no member was given,
// - a record that a member was given although the group had committed it before (group_reader.h).
// A power cut takes records away. The ledger forgets their promises, and the records that get their
// offsets are new ones.
// Thread safety: from any thread; Check() after all notes have been taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace streamhouse::chaos {

inline constexpr std::uint32_t kPartitions = 8;  // of the topic

struct Counts {
  std::size_t acknowledged = 0;
  std::size_t failed = 0;  // with an error to the sender; they may be in the log
  std::size_t in_log = 0;
  std::size_t consumed = 0;        // different records
  std::size_t consumed_again = 0;  // at least once means: some come again
  std::size_t commits = 0;
  std::size_t cut_acknowledged = 0;  // acknowledged, and taken by a power cut
  std::size_t cut_committed = 0;     // committed by the group, and taken by a power cut
};

// A group's committed offset at one moment, and the number of power cuts before it.
struct Floor {
  std::uint64_t offset = 0;
  std::size_t cuts = 0;
};

// Whether a power cut may take acknowledged records: that is for the sync policy to say.
enum class Promise : std::uint8_t { kMayBeLost, kIsKept };

class GroupReader;

class Ledger {
 public:
  static std::string Value(const std::string& producer, std::uint64_t number) {
    return producer + ":" + std::to_string(number);
  }

  void NoteAcknowledged(std::uint32_t partition, std::uint64_t offset, std::string value);
  void NoteFailed();
  // `floor`: what a member that is given this record must not be given any more.
  void NoteConsumed(std::uint32_t partition, std::uint64_t offset, std::string value, const Floor& floor = {});

  // The group has committed up to `committed.offset`; it had seen so many cuts. Of no effect after
  // another cut.
  void NoteCommitted(std::uint32_t partition, const Floor& committed);
  Floor Committed(std::uint32_t partition) const;

  // A power cut has left the records before `end`. No agent serves the log meanwhile.
  void NoteCut(std::uint32_t partition, std::uint64_t end, Promise promise);

  // How many acknowledgements, failures, records and commits were noted.
  std::size_t CountNotes() const;

  // Readers may hold records that were fetched and not yet given. From BeginDrain() on, a reader is
  // drained when a poll that began later has given it nothing.
  void AddReader(const GroupReader& reader);
  void RemoveReader(const GroupReader& reader);
  void BeginDrain();
  std::size_t drains() const;
  void NoteNothingGiven(const GroupReader& reader, std::size_t drains);
  bool AreReadersDrained() const;

  // `log` holds the values of each partition by offset, `committed` the group's next offsets. A
  // line for each broken promise.
  std::vector<std::string> Check(const std::map<std::uint32_t, std::vector<std::string>>& log,
                                 const std::map<std::uint32_t, std::uint64_t>& committed) const;

  // What of the log the group was never given, a line for each partition.
  std::vector<std::string> Unread(const std::map<std::uint32_t, std::vector<std::string>>& log) const;

  // How many records of a partition were acknowledged.
  std::size_t CountAcknowledged(std::uint32_t partition) const;

  Counts counts() const;

 private:
  using Place = std::pair<std::uint32_t, std::uint64_t>;  // partition and offset

  // Less what was cut since then.
  std::uint64_t OffsetOf(std::uint32_t partition, const Floor& floor) const;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<Place, std::string> acknowledged_;
  std::map<Place, std::string> consumed_;
  std::map<std::uint32_t, std::size_t> acknowledged_in_;  // by partition
  std::map<std::uint32_t, Floor> committed_;
  std::map<std::uint32_t, std::vector<std::uint64_t>> cuts_;  // the ends that they left, by partition
  std::map<const GroupReader*, std::size_t> readers_;         // and the last drain after which one was given nothing
  std::size_t drains_ = 0;
  std::vector<std::string> contradictions_;
  std::size_t notes_ = 0;
  std::size_t commits_ = 0;
  std::size_t cut_acknowledged_ = 0;
  std::size_t cut_committed_ = 0;
  std::size_t failed_ = 0;
  std::size_t consumed_again_ = 0;
};

}  // namespace streamhouse::chaos
