// LeaseRow: a row of the lease table, and what a metadata store is asked about leases with.
//
// When to use something else: MetadataStore (metadata_store.h) keeps them; Lease (agent/lease) says
// whether this agent may write.
// Guarantees: the version of a row changes whenever the row does.
// Thread safety: values.
// Cost: that of a copy of their texts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/metadata/topic_description.h"
#include "agent/metadata/topic_partition.h"

namespace streamhouse::agent {

// Changes whenever a row of the lease table does.
struct LeaseVersion {
  std::uint64_t epoch = 0;
  std::uint64_t renewals = 0;

  friend bool operator==(const LeaseVersion&, const LeaseVersion&) = default;
};

// Who holds a partition, or held it last.
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

}  // namespace streamhouse::agent
