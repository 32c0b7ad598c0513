// MetadataStore: what an agent keeps beside its records: topics, the holder of each partition, and
// the committed offsets of consumer groups.
//
// One agent at a time uses a store. Another one takes over after it, with its data folder
// (docs/adding_a_store.md).
//
// When to use something else: records are in PartitionLog; LeaseKeeper is the way to hold a lease,
// not this.
// Guarantees of every implementation:
// 1. Rows of a call that returned OK survive the death of every process and the loss of power.
// 2. A call stores all of its rows, or none.
// 3. A topic has an id, which names one life of it: no other topic ever has it, also not one of the
//    same name later.
// 4. Ids rise, and may leave numbers out. They begin at a random number of at most 2^62, so that
//    two stores almost never have an id in common. A copy goes on from those of its original.
// 5. A committed offset belongs to a topic id: it ends with that life, and is not found in another
//    one.
// 6. A lease belongs to the name of a topic, which the store need not know.
// 7. A row that was damaged is never passed on: DataLoss names its table and the row.
// 8. Each call is atomic against every other one on the same data: the rows that it has read do not
//    change before its write.
// 9. A partition has one holder at a time. No clock decides about it: times in the store are for
//    display.
// 10. The epoch of a partition goes up by one when the holder changes, and stays when the same
//     holder comes back. It never goes down, also not over a renewal, release, expiry or restart.
// tests/agent/metadata/metadata_store_contract.h has the tests for all stores; those of damage and
// of the loss of power are beside each store.
// Thread safety: any thread.
// Cost: a call may wait for a disk or a network, up to the store's own time-out. That is well below
// the duration of a lease less the interval of its renewal.
// Errors:
// - Unavailable when the store is out of reach, busy or full; a retry may succeed. The rows may
//   have been stored, where only the response was lost. A repeated call then changes nothing more:
//   DeleteTopic() returns NotFound, AddPartitions() InvalidArgument, and the others OK. The agent
//   learns of such a deletion or partition at its next start.
// - DataLoss when it is damaged.
// - FailedPrecondition from a store that has lost its lock to another agent.
// - Internal for a failure that the store does not know.
// - Never ResourceExhausted: a producer would take it for a full disk of its log.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/log/log_openings.h"
#include "agent/log/retention.h"
#include "agent/metadata/committed_offset.h"
#include "agent/metadata/lease_row.h"
#include "agent/metadata/stored_openings.h"
#include "agent/metadata/topic_description.h"
#include "agent/metadata/topic_id_partition.h"
#include "agent/metadata/topic_partition.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // Returns the topic as it is stored, with its id; the id in `topic` does not matter. OK when the
  // topic exists with this number of partitions already, and then its retention stays as it is;
  // AlreadyExists with another number.
  virtual Result<TopicDescription> CreateTopic(const TopicDescription& topic) = 0;
  // CreateTopic() and AcquireLeases() of its partitions, without claims that a lease has ended.
  virtual Result<LeasedTopic> CreateLeasedTopic(const TopicDescription& topic, const std::string& holder,
                                                std::chrono::milliseconds duration) = 0;
  // This life of the topic ends, with its committed offsets; its leases are free, and their epochs
  // go on in a later life. ListDeleted() names the life from then on, until ForgetDeleted().
  // NotFound unless the topic has this id.
  virtual Status DeleteTopic(const std::string& topic, TopicId id) = 0;
  // In the order of their ids.
  virtual Result<std::vector<DeletedLife>> ListDeleted() = 0;
  // OK also when it is not there.
  virtual Status ForgetDeleted(TopicId id) = 0;
  // `partitions` is the topic's number of partitions afterwards. NotFound when there is no such
  // topic; InvalidArgument unless it is more than now.
  virtual Status AddPartitions(const std::string& topic, std::uint32_t partitions) = 0;
  // NotFound when there is no such topic.
  virtual Status SetRetention(const std::string& topic, const Retention& retention) = 0;
  // In the order of the bytes of their names.
  virtual Result<std::vector<TopicDescription>> ListTopics() = 0;

  // For each partition: takes the lease where it is free or has ended according to the claim, or
  // renews it where `holder` has it. Returns the rows as they are afterwards, in the order of
  // `claims`: the caller has the lease where it is the holder, for `duration`. A duration of 0
  // frees the leases that `holder` has.
  virtual Result<std::vector<LeaseRow>> AcquireLeases(std::span<const LeaseClaim> claims, const std::string& holder,
                                                      std::chrono::milliseconds duration) = 0;
  // Lets go at once, so that another may take it. Aborted unless the row has this holder and this
  // epoch.
  virtual Status ReleaseLease(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) = 0;
  // A log may have seen `epoch` under another store, or a newer copy of this one. The next epoch of
  // a free lease is above it; one that is held goes on at this epoch, unless it is higher already.
  virtual Status RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch) = 0;
  // Nothing when the partition was neither leased nor raised above 0. A row without a holder is
  // free: RaiseEpoch() has made it, or has cleared its last holder.
  virtual Result<std::optional<LeaseRow>> FindLease(const TopicPartition& partition) = 0;

  // See ChangeOffsets.
  Status CommitOffset(const std::string& group, const TopicIdPartition& partition, std::uint64_t offset,
                      const std::string& member_id = {}) {
    const OffsetChange change = {.group = group, .partition = partition, .offset = offset, .member_id = member_id};
    return ChangeOffsets({&change, 1});
  }
  // Nothing when the group has never committed here.
  virtual Result<std::optional<CommittedOffset>> FindCommit(const std::string& group,
                                                            const TopicIdPartition& partition) = 0;
  // The offset of FindCommit().
  Result<std::optional<std::uint64_t>> FindCommittedOffset(const std::string& group,
                                                           const TopicIdPartition& partition) {
    auto commit = FindCommit(group, partition);
    if (!commit.ok()) return commit.status();
    return commit->has_value() ? std::optional((*commit)->offset) : std::nullopt;
  }
  // In the order of group, topic id and partition.
  virtual Result<std::vector<CommittedOffset>> ListCommittedOffsets(const OffsetFilter& filter) = 0;
  // All of them or, after an error, none. An offset may go back. InvalidArgument above 2^63 - 1.
  // NotFound when a change sets an offset and no topic has its id; a change that removes one is OK
  // then.
  virtual Status ChangeOffsets(std::span<const OffsetChange> changes) = 0;

  // Each takes the place of what was stored of the same log. One whose topic is gone is left out.
  virtual Status StoreOpenings(std::span<const StoredOpenings> logs) = 0;
  // In the order of their ids; empty when none was stored. They end with the life of the topic.
  virtual Result<std::vector<LogOpening>> FindOpenings(const TopicIdPartition& partition) = 0;
};

}  // namespace streamhouse::agent
