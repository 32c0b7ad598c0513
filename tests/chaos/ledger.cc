#include "tests/chaos/ledger.h"

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
  ++acknowledged_in_[partition];
  const auto [entry, is_new] = acknowledged_.emplace(Place(partition, offset), std::move(value));
  if (!is_new) contradictions_.push_back(At(partition, offset) + " was acknowledged twice");
}

void Ledger::NoteFailed() {
  const std::lock_guard lock(mutex_);
  ++failed_;
}

void Ledger::NoteConsumed(std::uint32_t partition, std::uint64_t offset, std::string value) {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = consumed_.emplace(Place(partition, offset), value);
  if (is_new) return;
  ++consumed_again_;
  if (entry->second != value) contradictions_.push_back(At(partition, offset) + " was read with two values");
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

std::size_t Ledger::CountUnread(const std::map<std::uint32_t, std::vector<std::string>>& log) const {
  const std::lock_guard lock(mutex_);
  std::size_t unread = 0;
  for (const auto& [partition, values] : log) {
    for (std::uint64_t offset = 0; offset < values.size(); ++offset) {
      if (!consumed_.contains({partition, offset})) ++unread;
    }
  }
  return unread;
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
          .consumed_again = consumed_again_};
}

}  // namespace streamhouse::chaos
