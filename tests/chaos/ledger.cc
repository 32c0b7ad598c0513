#include "tests/chaos/ledger.h"

#include <algorithm>
#include <utility>

namespace streamhouse::chaos {
namespace {

std::string At(std::uint32_t partition, std::uint64_t offset) {
  return "partition " + std::to_string(partition) + " offset " + std::to_string(offset);
}

// Twice in the log, or before a smaller number of the same producer.
void CheckOrder(const std::map<std::uint32_t, std::vector<std::string>>& log, std::vector<std::string>& problems) {
  std::set<std::string> seen;
  for (const auto& [partition, values] : log) {
    std::map<std::string, std::uint64_t> next_of_producer;
    for (std::uint64_t offset = 0; offset < values.size(); ++offset) {
      const std::string& value = values[offset];
      if (!seen.insert(value).second) problems.push_back(At(partition, offset) + ": " + value + " is there twice");
      const std::size_t colon = value.rfind(':');
      const std::uint64_t number = std::stoull(value.substr(colon + 1));
      std::uint64_t& next = next_of_producer[value.substr(0, colon)];
      if (number < next) problems.push_back(At(partition, offset) + ": " + value + " is out of order");
      next = number + 1;
    }
  }
}

}  // namespace

void Ledger::NoteAcknowledged(std::uint32_t partition, std::uint64_t offset, std::string value) {
  const std::lock_guard lock(mutex_);
  ++notes_;
  ++acknowledged_in_[partition];
  const auto [entry, is_new] = acknowledged_.emplace(Place(partition, offset), std::move(value));
  if (!is_new) contradictions_.push_back(At(partition, offset) + " was acknowledged twice");
}

void Ledger::NoteFailed() {
  const std::lock_guard lock(mutex_);
  ++notes_;
  ++failed_;
}

void Ledger::NoteConsumed(std::uint32_t partition, std::uint64_t offset, std::string value, const Floor& floor) {
  const std::lock_guard lock(mutex_);
  ++notes_;
  if (const std::uint64_t committed = OffsetOf(partition, floor); offset < committed) {
    contradictions_.push_back(At(partition, offset) + " was given again after a commit of " +
                              std::to_string(committed));
  }
  const auto [entry, is_new] = consumed_.emplace(Place(partition, offset), value);
  if (is_new) return;
  ++consumed_again_;
  if (entry->second != value) contradictions_.push_back(At(partition, offset) + " was read with two values");
}

std::uint64_t Ledger::OffsetOf(std::uint32_t partition, const Floor& floor) const {
  std::uint64_t offset = floor.offset;
  const auto found = cuts_.find(partition);
  if (found == cuts_.end()) return offset;
  for (std::size_t i = floor.cuts; i < found->second.size(); ++i) offset = std::min(offset, found->second[i]);
  return offset;
}

void Ledger::NoteCommitted(std::uint32_t partition, const Floor& committed) {
  const std::lock_guard lock(mutex_);
  ++notes_;
  ++commits_;
  if (committed.cuts == cuts_[partition].size()) committed_[partition] = committed;
}

Floor Ledger::Committed(std::uint32_t partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = committed_.find(partition);
  const auto cuts = cuts_.find(partition);
  return {.offset = found == committed_.end() ? 0 : found->second.offset,
          .cuts = cuts == cuts_.end() ? 0 : cuts->second.size()};
}

void Ledger::NoteCut(std::uint32_t partition, std::uint64_t end, Promise promise) {
  const std::lock_guard lock(mutex_);
  const Place first(partition, end);
  const Place next_partition(partition + 1, 0);
  const auto lost = acknowledged_.lower_bound(first);
  const auto after = acknowledged_.lower_bound(next_partition);
  for (auto entry = lost; entry != after; ++entry) {
    ++cut_acknowledged_;
    if (promise == Promise::kMayBeLost) continue;
    contradictions_.push_back(At(partition, entry->first.second) + ": " + entry->second + " was synced, and lost");
  }
  acknowledged_.erase(lost, after);
  consumed_.erase(consumed_.lower_bound(first), consumed_.lower_bound(next_partition));
  std::vector<std::uint64_t>& cuts = cuts_[partition];
  cuts.push_back(end);
  Floor& committed = committed_[partition];
  if (committed.offset > end) cut_committed_ += committed.offset - end;
  committed = {.offset = std::min(committed.offset, end), .cuts = cuts.size()};
}

void Ledger::AddReader(const GroupReader& reader) {
  const std::lock_guard lock(mutex_);
  readers_[&reader] = drains_;
}

void Ledger::RemoveReader(const GroupReader& reader) {
  const std::lock_guard lock(mutex_);
  readers_.erase(&reader);
}

void Ledger::BeginDrain() {
  const std::lock_guard lock(mutex_);
  ++drains_;
}

std::size_t Ledger::drains() const {
  const std::lock_guard lock(mutex_);
  return drains_;
}

void Ledger::NoteNothingGiven(const GroupReader& reader, std::size_t drains) {
  const std::lock_guard lock(mutex_);
  readers_[&reader] = drains;
}

bool Ledger::AreReadersDrained() const {
  const std::lock_guard lock(mutex_);
  return std::all_of(readers_.begin(), readers_.end(), [&](const auto& reader) { return reader.second == drains_; });
}

std::size_t Ledger::CountNotes() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

std::vector<std::string> Ledger::Check(const std::map<std::uint32_t, std::vector<std::string>>& log,
                                       const std::map<std::uint32_t, std::uint64_t>& committed) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> problems = contradictions_;
  CheckOrder(log, problems);
  const auto is_there = [&](const Place& place, const std::string& value) {
    const auto found = log.find(place.first);
    return found != log.end() && place.second < found->second.size() && found->second[place.second] == value;
  };
  for (const auto& [place, value] : acknowledged_) {
    if (!is_there(place, value)) problems.push_back(At(place.first, place.second) + ": " + value + " was lost");
  }
  for (const auto& [place, value] : consumed_) {
    if (!is_there(place, value)) problems.push_back(At(place.first, place.second) + ": " + value + " was made up");
  }
  for (const auto& [partition, next] : committed) {
    for (std::uint64_t offset = 0; offset < next; ++offset) {
      if (!consumed_.contains({partition, offset})) problems.push_back(At(partition, offset) + " was skipped");
    }
  }
  return problems;
}

std::vector<std::string> Ledger::Unread(const std::map<std::uint32_t, std::vector<std::string>>& log) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& [partition, values] : log) {
    std::vector<std::uint64_t> unread;
    for (std::uint64_t offset = 0; offset < values.size(); ++offset) {
      if (!consumed_.contains({partition, offset})) unread.push_back(offset);
    }
    if (unread.empty()) continue;
    lines.push_back(At(partition, unread.front()) + ": from there on, " + std::to_string(unread.size()) +
                    " records were never given to the group");
  }
  return lines;
}

std::size_t Ledger::CountAcknowledged(std::uint32_t partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = acknowledged_in_.find(partition);
  return found == acknowledged_in_.end() ? 0 : found->second;
}

Counts Ledger::counts() const {
  const std::lock_guard lock(mutex_);
  return {.acknowledged = acknowledged_.size(),
          .failed = failed_,
          .in_log = 0,
          .consumed = consumed_.size(),
          .consumed_again = consumed_again_,
          .commits = commits_,
          .cut_acknowledged = cut_acknowledged_,
          .cut_committed = cut_committed_};
}

}  // namespace streamhouse::chaos
