// MetadataStore: what agents agree upon: topics, who may write to which partition, and where consumer groups stand.
//
// When to use something else: records are in PartitionLog; LeaseKeeper is the way to hold a lease, not this.
// Guarantees, for every implementation (tests/agent/metadata/metadata_store_contract.h holds each of them to it):
// - what a call has stored before it returned OK survives the death of every process and the loss of power;
// - a partition has one holder at a time, by the store's clock, whatever the clocks of its callers say;
// - the epoch of a partition goes up by one when the holder changes, stays when the same holder comes back, and never
//   goes down: not over renewals, release, expiry or a restart.
// Thread safety: any thread.
// Cost: a call may wait for a disk or a network, up to the store's own time-out.
// Errors: Unavailable when the store is out of reach or busy; a retry may succeed. DataLoss when it is damaged.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/log/retention.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

struct TopicPartition {
  std::string topic;
  std::uint32_t partition = 0;

  std::string ToString() const { return topic + "/" + std::to_string(partition); }
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct TopicInfo {
  std::string name;
  std::uint32_t partitions = 0;
  Retention retention = {};

  friend bool operator==(const TopicInfo&, const TopicInfo&) = default;
};

// A row of the lease table: who holds a partition, or held it last.
struct LeaseRow {
  std::string holder;
  std::uint64_t epoch = 0;
  std::chrono::milliseconds remaining{0};  // by the store's clock; zero or less: expired or released

  friend bool operator==(const LeaseRow&, const LeaseRow&) = default;
};

class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // OK when the topic exists with this number of partitions already, and then its retention stays as it is;
  // AlreadyExists with another number.
  virtual Status CreateTopic(const TopicInfo& topic) = 0;
  // NotFound when there is no such topic.
  virtual Status SetRetention(const std::string& topic, const Retention& retention) = 0;
  // In the order of their names.
  virtual Result<std::vector<TopicInfo>> ListTopics() = 0;

  // For each partition: takes the lease when nobody else holds it, or renews it when `holder` does, for `duration` from
  // now; one compare-and-set each. Returns the rows as they are afterwards, in the order of `partitions`: the caller
  // has the lease where it is the holder.
  virtual Result<std::vector<LeaseRow>> AcquireLeases(std::span<const TopicPartition> partitions,
                                                      const std::string& holder,
                                                      std::chrono::milliseconds duration) = 0;
  // Lets go at once, so that another may take it. Aborted unless the row has this holder and this epoch.
  virtual Status ReleaseLease(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) = 0;
  // Nothing when the partition was never leased.
  virtual Result<std::optional<LeaseRow>> FindLease(const TopicPartition& partition) = 0;

  // `offset` is that of the next record to read; it may go back. InvalidArgument above 2^63 - 1.
  virtual Status CommitOffset(const std::string& group, const TopicPartition& partition, std::uint64_t offset) = 0;
  // Nothing when the group has never committed here.
  virtual Result<std::optional<std::uint64_t>> FindCommittedOffset(const std::string& group,
                                                                   const TopicPartition& partition) = 0;
};

}  // namespace streamhouse::agent
