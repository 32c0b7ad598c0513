#include "agent/metadata/store_rules.h"

#include <limits>

namespace streamhouse::agent {

bool AcquireRow(LeaseRow& row, const LeaseClaim& claim, const std::string& holder, std::chrono::milliseconds duration) {
  const bool is_free = row.duration.count() == 0 || claim.ended == row.version();
  if (row.holder != holder && !is_free) return false;
  if (row.holder != holder) ++row.epoch;
  row.holder = holder;
  ++row.renewals;
  row.duration = duration;
  return true;
}

Status ReleaseRow(LeaseRow& row, const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) {
  if (row.holder != holder || row.epoch != epoch) {
    return {StatusCode::kAborted,
            "the lease of " + partition.ToString() + " is not " + holder + "'s at epoch " + std::to_string(epoch)};
  }
  row.duration = std::chrono::milliseconds(0);
  return Status::Ok();
}

bool RaiseRow(LeaseRow& row, std::uint64_t epoch) {
  if (row.epoch >= epoch) return false;
  row.epoch = epoch;
  // The next holder gets a higher epoch, also if it is the last one.
  if (row.duration.count() == 0) row.holder.clear();
  return true;
}

Status NoTopic(const std::string& name) {
  return {StatusCode::kNotFound, "there is no topic " + name};
}

Status NoTopicWithId(TopicId id) {
  return {StatusCode::kNotFound, "there is no topic with the id " + std::to_string(id)};
}

Status CheckSamePartitions(const TopicDescription& topic, const TopicDescription& stored) {
  if (topic.partitions == stored.partitions) return Status::Ok();
  return {StatusCode::kAlreadyExists,
          "topic " + stored.name + " has " + std::to_string(stored.partitions) + " partitions"};
}

Status CheckMorePartitions(const TopicDescription& stored, std::uint32_t partitions) {
  if (partitions > stored.partitions) return Status::Ok();
  return {StatusCode::kInvalidArgument, "topic " + stored.name + " has " + std::to_string(stored.partitions) +
                                            " partitions already, not fewer than " + std::to_string(partitions)};
}

Status CheckOffset(std::uint64_t offset) {
  if (offset <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return Status::Ok();
  return {StatusCode::kInvalidArgument, "offset " + std::to_string(offset) + " is above 2^63 - 1"};
}

}  // namespace streamhouse::agent
