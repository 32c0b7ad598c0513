// DamageList: the offsets of one log that turned out not to be readable.
//
// When to use something else: Status says what is wrong with one read.
// Guarantees:
// 1. Ranges do not overlap, and two ranges that meet become one.
// 2. At most kDamagesMax are kept. Where there would be more, the lowest goes, or the highest for a
//    new one below all others.
// 3. A range that went counts as new when it is found again; the one that was noted last stays.
// Thread safety: none, the owner locks.
// Cost: a look-up in a tree; CountIn() visits each range that it counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace streamhouse::agent {

struct OffsetRange {
  std::uint64_t first = 0;
  std::uint64_t next = 0;  // the first offset after it

  std::uint64_t size() const { return next - first; }
  friend bool operator==(const OffsetRange&, const OffsetRange&) = default;
};

struct Damage {
  OffsetRange lost;
  std::string reason;  // file, position and what is wrong there

  // "offsets 3 to 5 cannot be read: " and the reason.
  std::string ToString() const;
};

class DamageList {
 public:
  static constexpr std::size_t kDamagesMax = 10'000;

  // Ignores what is known already.
  void Note(const Damage& damage);
  // The range with this offset.
  std::optional<OffsetRange> Find(std::uint64_t offset) const;
  // How many offsets of [first, next) are damaged.
  std::uint64_t CountIn(const OffsetRange& range) const;
  // Forgets what lies before the start of the log.
  void DropBelow(std::uint64_t start_offset);

  // The ranges that Note() has taken since the last call.
  std::vector<Damage> TakeNew();

  bool empty() const { return ranges_.empty(); }
  std::size_t size() const { return ranges_.size(); }
  // The one with the lowest offset, unless the list is empty.
  Damage First() const;

 private:
  struct Entry {
    std::uint64_t next = 0;
    std::string reason;
  };
  void Merge(std::map<std::uint64_t, Entry>::iterator entry);

  std::map<std::uint64_t, Entry> ranges_;  // by first offset
  std::vector<Damage> new_;
};

}  // namespace streamhouse::agent
