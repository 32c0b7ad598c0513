#include "tests/chaos/group_reader.h"

#include <algorithm>

namespace streamhouse::chaos {

void GroupReader::BeforePoll() {
  drains_ = ledger_.drains();
  for (std::uint32_t i = 0; i < kPartitions; ++i) floors_[i] = ledger_.Committed(i);
}

void GroupReader::Follow(const std::vector<std::uint32_t>& partitions) {
  std::erase_if(runs_, [&](const auto& run) {
    return std::find(partitions.begin(), partitions.end(), run.first) == partitions.end();
  });
  for (const std::uint32_t partition : partitions) RunOf(partition);
}

GroupReader::Run& GroupReader::RunOf(std::uint32_t partition) {
  return runs_.try_emplace(partition, Run{.floor = floors_[partition], .cuts = floors_[partition].cuts}).first->second;
}

void GroupReader::Given(std::uint32_t partition, std::uint64_t offset, const std::string& value) {
  Run& run = RunOf(partition);
  ledger_.NoteConsumed(partition, offset, value, run.next == offset ? Floor() : run.floor);
  run.next = offset + 1;
  run.cuts = floors_[partition].cuts;
}

void GroupReader::NoteCommitted(std::uint32_t partition, std::uint64_t next) {
  Run& run = RunOf(partition);
  run.floor = {.offset = next, .cuts = run.cuts};
  ledger_.NoteCommitted(partition, run.floor);
}

}  // namespace streamhouse::chaos
