// Rules that all metadata stores share: the change that a call makes to a row, and the reasons of a
// refusal.
//
// When to use something else: the agent calls MetadataStore (metadata_store.h). This is for its
// implementations.
// Guarantees:
// 1. Pure functions of rows that the store has read.
// 2. The store keeps a row unchanged from the reading to the writing.
// Thread safety: pure functions.
// Cost: some comparisons.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "agent/metadata/lease_row.h"
#include "agent/metadata/topic_description.h"
#include "agent/metadata/topic_id_partition.h"
#include "agent/metadata/topic_partition.h"
#include "metrics_core/status.h"

namespace streamhouse::agent {

using metrics::Status;
using metrics::StatusCode;

// Takes or renews the lease that `row` is of. A lease that was never taken is LeaseRow(). False:
// another holder has it, and the row is as it was.
bool AcquireRow(LeaseRow& row, const LeaseClaim& claim, const std::string& holder, std::chrono::milliseconds duration);

// Aborted unless the row has this holder and this epoch.
Status ReleaseRow(LeaseRow& row, const TopicPartition& partition, const std::string& holder, std::uint64_t epoch);

// False: the row has this epoch already, or a higher one.
bool RaiseRow(LeaseRow& row, std::uint64_t epoch);

// NotFound.
Status NoTopic(const std::string& name);
Status NoTopicWithId(TopicId id);

// AlreadyExists, unless `topic` asks for the number of partitions that the stored topic of its name
// has.
Status CheckSamePartitions(const TopicDescription& topic, const TopicDescription& stored);

// InvalidArgument, unless `partitions` is more than the topic has.
Status CheckMorePartitions(const TopicDescription& stored, std::uint32_t partitions);

// InvalidArgument above 2^63 - 1.
Status CheckOffset(std::uint64_t offset);

}  // namespace streamhouse::agent
