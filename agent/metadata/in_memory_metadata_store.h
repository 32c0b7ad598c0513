// InMemoryMetadataStore: a metadata store without a file, for tests.
//
// When to use something else: SqliteMetadataStore, when records must outlive the process: the next
// agent on a folder does not serve the logs of a store that is gone.
// Guarantees:
// 1. Those of MetadataStore, for as long as a store of the data lives.
// 2. Nothing survives the process.
// Thread safety: any thread.
// Cost: never waits for more than another caller; a listing walks over all rows.
// Errors: those of MetadataStore, without Unavailable and DataLoss.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

class InMemoryMetadataStore final : public MetadataStore {
 public:
  InMemoryMetadataStore();
  ~InMemoryMetadataStore() override;

  // Another store with the same data, as for a second agent.
  std::unique_ptr<InMemoryMetadataStore> OpenAgain() const;

  Result<TopicDescription> CreateTopic(const TopicDescription& topic) override;
  Result<LeasedTopic> CreateLeasedTopic(const TopicDescription& topic, const std::string& holder,
                                        std::chrono::milliseconds duration) override;
  Status DeleteTopic(const std::string& topic, TopicId id) override;
  Result<std::vector<DeletedLife>> ListDeleted() override;
  Status ForgetDeleted(TopicId id) override;
  Status AddPartitions(const std::string& topic, std::uint32_t partitions) override;
  Status SetRetention(const std::string& topic, const Retention& retention) override;
  Result<std::vector<TopicDescription>> ListTopics() override;
  Result<std::vector<LeaseRow>> AcquireLeases(std::span<const LeaseClaim> claims, const std::string& holder,
                                              std::chrono::milliseconds duration) override;
  Status ReleaseLease(const TopicPartition& partition, const std::string& holder, std::uint64_t epoch) override;
  Status RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch) override;
  Result<std::optional<LeaseRow>> FindLease(const TopicPartition& partition) override;
  Result<std::optional<CommittedOffset>> FindCommit(const std::string& group,
                                                    const TopicIdPartition& partition) override;
  Result<std::vector<CommittedOffset>> ListCommittedOffsets(const OffsetFilter& filter) override;
  Status ChangeOffsets(std::span<const OffsetChange> changes) override;
  Status StoreOpenings(std::span<const StoredOpenings> logs) override;
  Result<std::vector<LogOpening>> FindOpenings(const TopicIdPartition& partition) override;

 private:
  struct Data;

  explicit InMemoryMetadataStore(std::shared_ptr<Data> data) : data_(std::move(data)) {}

  const std::shared_ptr<Data> data_;
};

}  // namespace streamhouse::agent
