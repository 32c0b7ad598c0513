// InterceptedStore: a metadata store with a hook before some calls, which may fail the call.
//
// When to use something else: SqliteMetadataStore where nothing has to happen in the middle of a
// call.
// Thread safety: as the store; hooks are set while no call is under way.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

class InterceptedStore final : public MetadataStore {
 public:
  using Hook = std::function<Status()>;

  explicit InterceptedStore(std::unique_ptr<MetadataStore> base) : base_(std::move(base)) {}

  Hook before_acquire = [] { return Status::Ok(); };
  Hook before_create = [] { return Status::Ok(); };  // with its leases
  Hook before_store_openings = [] { return Status::Ok(); };
  Hook before_list_offsets = [] { return Status::Ok(); };

  Result<std::vector<LeaseRow>> AcquireLeases(std::span<const LeaseClaim> claims, const std::string& holder,
                                              std::chrono::milliseconds duration) override {
    // For no time: they are given back.
    const bool is_acquired = duration.count() > 0;
    if (Status status = is_acquired ? before_acquire() : Status::Ok(); !status.ok()) return status;
    return base_->AcquireLeases(claims, holder, duration);
  }
  Status ReleaseLease(const TopicPartition& p, const std::string& holder, std::uint64_t epoch) override {
    return base_->ReleaseLease(p, holder, epoch);
  }
  Status RaiseEpoch(const TopicPartition& p, std::uint64_t epoch) override { return base_->RaiseEpoch(p, epoch); }
  Result<std::optional<LeaseRow>> FindLease(const TopicPartition& p) override { return base_->FindLease(p); }
  Result<TopicDescription> CreateTopic(const TopicDescription& topic) override { return base_->CreateTopic(topic); }
  Result<LeasedTopic> CreateLeasedTopic(const TopicDescription& topic, const std::string& holder,
                                        std::chrono::milliseconds duration) override {
    if (Status status = before_create(); !status.ok()) return status;
    return base_->CreateLeasedTopic(topic, holder, duration);
  }
  Status DeleteTopic(const std::string& topic, TopicId id) override { return base_->DeleteTopic(topic, id); }
  Result<std::vector<DeletedLife>> ListDeleted() override { return base_->ListDeleted(); }
  Status ForgetDeleted(TopicId id) override { return base_->ForgetDeleted(id); }
  Status AddPartitions(const std::string& topic, std::uint32_t n) override { return base_->AddPartitions(topic, n); }
  Status SetRetention(const std::string& topic, const Retention& r) override { return base_->SetRetention(topic, r); }
  Result<std::vector<TopicDescription>> ListTopics() override { return base_->ListTopics(); }
  Result<std::optional<CommittedOffset>> FindCommit(const std::string& g, const TopicIdPartition& p) override {
    return base_->FindCommit(g, p);
  }
  Result<std::vector<CommittedOffset>> ListCommittedOffsets(const OffsetFilter& filter) override {
    if (Status status = before_list_offsets(); !status.ok()) return status;
    return base_->ListCommittedOffsets(filter);
  }
  Status ChangeOffsets(std::span<const OffsetChange> changes) override { return base_->ChangeOffsets(changes); }
  Status StoreOpenings(std::span<const StoredOpenings> logs) override {
    if (Status status = before_store_openings(); !status.ok()) return status;
    return base_->StoreOpenings(logs);
  }
  Result<std::vector<LogOpening>> FindOpenings(const TopicIdPartition& p) override { return base_->FindOpenings(p); }

 private:
  const std::unique_ptr<MetadataStore> base_;
};

}  // namespace streamhouse::agent
