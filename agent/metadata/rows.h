// TopicPartition, LeaseRow and others: what a metadata store keeps, and what it is asked with.
//
// When to use something else: MetadataStore (metadata_store.h) keeps them.
// Guarantees:
// 1. Values, whose fields do not depend on each other.
// 2. The agent checks them before it calls a store: names are printable ASCII of at most 249 bytes,
//    and retentions at most 2^63 - 1.
// 3. The store itself checks offsets and the conditions of its calls (metadata_store.h).
// Thread safety: values.
// Cost: that of a copy of their texts.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/log/log_openings.h"
#include "agent/log/retention.h"

namespace streamhouse::agent {

// One life of a topic; 0: none.
using TopicId = std::uint64_t;

struct TopicPartition {
  std::string topic;
  std::uint32_t partition = 0;

  std::string ToString() const { return topic + "/" + std::to_string(partition); }
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

// A partition of one life of a topic.
struct TopicIdPartition {
  TopicId topic_id = 0;
  std::uint32_t partition = 0;

  friend auto operator<=>(const TopicIdPartition&, const TopicIdPartition&) = default;
};

struct TopicDescription {
  std::string name;
  std::uint32_t partitions = 0;
  Retention retention = {};
  TopicId id = 0;  // given by the store

  friend bool operator==(const TopicDescription&, const TopicDescription&) = default;
};

// A life of a topic that was deleted, and whose files may still be there.
struct DeletedLife {
  std::string topic;
  TopicId id = 0;

  friend bool operator==(const DeletedLife&, const DeletedLife&) = default;
};

// Changes whenever a row of the lease table does.
struct LeaseVersion {
  std::uint64_t epoch = 0;
  std::uint64_t renewals = 0;

  friend bool operator==(const LeaseVersion&, const LeaseVersion&) = default;
};

// A row of the lease table: who holds a partition, or held it last.
struct LeaseRow {
  std::string holder;
  std::uint64_t epoch = 0;
  std::uint64_t renewals = 0;
  std::chrono::milliseconds duration{0};  // how long it lasts from its last renewal on; 0: released

  LeaseVersion version() const { return {.epoch = epoch, .renewals = renewals}; }
  friend bool operator==(const LeaseRow&, const LeaseRow&) = default;
};

struct LeaseClaim {
  TopicPartition partition;
  // The version at which the claimant saw the lease of another holder end (lease_watch.h): it has
  // ended if its row is still at this version. Without a value, only a free lease is taken.
  std::optional<LeaseVersion> ended = {};
};

struct LeasedTopic {
  TopicDescription topic;
  std::vector<LeaseRow> leases;  // by partition
};

struct CommittedOffset {
  std::string group;
  TopicIdPartition partition;
  std::uint64_t offset = 0;    // of the next record to read
  std::string member_id = {};  // the member that committed it; empty: none

  friend bool operator==(const CommittedOffset&, const CommittedOffset&) = default;
};

// An absent field matches every offset.
struct OffsetFilter {
  std::optional<std::string> group = {};
  std::optional<TopicId> topic_id = {};
};

// Change of a group's committed offset in a partition.
struct OffsetChange {
  std::string group;
  TopicIdPartition partition;
  std::optional<std::uint64_t> offset = {};  // absent: the group has never committed here
  std::string member_id = {};                // as in CommittedOffset
};

// LogOpenings::stored() of a log.
struct StoredOpenings {
  TopicIdPartition partition;
  std::vector<LogOpening> openings;
};

}  // namespace streamhouse::agent
