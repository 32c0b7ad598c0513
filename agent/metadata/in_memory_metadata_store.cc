#include "agent/metadata/in_memory_metadata_store.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <tuple>

#include "agent/metadata/store_rules.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {
namespace {

using metrics::Mutex;
using metrics::MutexLock;

// Far from the ids of another process, after which files in the same folder may be named.
TopicId RandomId() {
  std::random_device random;
  return (TopicId{random() & 0x3FFFFFFFU} << 32) | random();
}

// In the order in which offsets are listed.
using OffsetKey = std::tuple<std::string, TopicId, std::uint32_t>;

OffsetKey KeyOf(const std::string& group, const TopicIdPartition& partition) {
  return {group, partition.topic_id, partition.partition};
}

}  // namespace

struct InMemoryMetadataStore::Data {
  bool HasId(TopicId id) const STREAMHOUSE_REQUIRES(mutex) {
    return std::any_of(topics.begin(), topics.end(), [id](const auto& topic) { return topic.second.id == id; });
  }
  Result<TopicDescription> FindOrPut(const TopicDescription& topic) STREAMHOUSE_REQUIRES(mutex);
  // The row as it is afterwards.
  LeaseRow Acquire(const LeaseClaim& claim, const std::string& holder, std::chrono::milliseconds duration)
      STREAMHOUSE_REQUIRES(mutex);

  Mutex mutex;
  TopicId last_id STREAMHOUSE_GUARDED_BY(mutex) = RandomId();
  std::map<std::string, TopicDescription> topics STREAMHOUSE_GUARDED_BY(mutex);
  std::map<TopicId, DeletedLife> deleted STREAMHOUSE_GUARDED_BY(mutex);
  std::map<TopicPartition, LeaseRow> leases STREAMHOUSE_GUARDED_BY(mutex);
  std::map<OffsetKey, CommittedOffset> offsets STREAMHOUSE_GUARDED_BY(mutex);
  std::map<TopicIdPartition, std::vector<LogOpening>> openings STREAMHOUSE_GUARDED_BY(mutex);
};

Result<TopicDescription> InMemoryMetadataStore::Data::FindOrPut(const TopicDescription& topic) {
  const auto [found, is_new] = topics.emplace(topic.name, topic);
  TopicDescription& stored = found->second;
  if (is_new) stored.id = ++last_id;
  if (Status checked = CheckSamePartitions(topic, stored); !checked.ok()) return checked;
  return stored;
}

LeaseRow InMemoryMetadataStore::Data::Acquire(const LeaseClaim& claim, const std::string& holder,
                                              std::chrono::milliseconds duration) {
  LeaseRow& row = leases[claim.partition];
  AcquireRow(row, claim, holder, duration);
  return row;
}

InMemoryMetadataStore::InMemoryMetadataStore() : InMemoryMetadataStore(std::make_shared<Data>()) {}

InMemoryMetadataStore::~InMemoryMetadataStore() = default;

std::unique_ptr<InMemoryMetadataStore> InMemoryMetadataStore::OpenAgain() const {
  return std::unique_ptr<InMemoryMetadataStore>(new InMemoryMetadataStore(data_));
}

Result<TopicDescription> InMemoryMetadataStore::CreateTopic(const TopicDescription& topic) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  return data.FindOrPut(topic);
}

Result<LeasedTopic> InMemoryMetadataStore::CreateLeasedTopic(const TopicDescription& topic, const std::string& holder,
                                                             std::chrono::milliseconds duration) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  auto stored = data.FindOrPut(topic);
  if (!stored.ok()) return stored.status();
  LeasedTopic created = {.topic = *std::move(stored), .leases = {}};
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    created.leases.push_back(data.Acquire({.partition = {.topic = topic.name, .partition = i}}, holder, duration));
  }
  return created;
}

Status InMemoryMetadataStore::DeleteTopic(const std::string& topic, TopicId id) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.topics.find(topic);
  if (found == data.topics.end() || found->second.id != id) return NoTopic(topic);
  data.topics.erase(found);
  data.deleted.emplace(id, DeletedLife{.topic = topic, .id = id});
  std::erase_if(data.offsets, [id](const auto& row) { return row.second.partition.topic_id == id; });
  std::erase_if(data.openings, [id](const auto& row) { return row.first.topic_id == id; });
  for (auto& [partition, row] : data.leases) {
    if (partition.topic == topic) row.duration = std::chrono::milliseconds(0);
  }
  return Status::Ok();
}

Result<std::vector<DeletedLife>> InMemoryMetadataStore::ListDeleted() {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  std::vector<DeletedLife> lives;
  for (const auto& [id, life] : data.deleted) lives.push_back(life);
  return lives;
}

Status InMemoryMetadataStore::ForgetDeleted(TopicId id) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  data.deleted.erase(id);
  return Status::Ok();
}

Status InMemoryMetadataStore::AddPartitions(const std::string& topic, std::uint32_t partitions) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.topics.find(topic);
  if (found == data.topics.end()) return NoTopic(topic);
  if (Status checked = CheckMorePartitions(found->second, partitions); !checked.ok()) return checked;
  found->second.partitions = partitions;
  return Status::Ok();
}

Status InMemoryMetadataStore::SetRetention(const std::string& topic, const Retention& retention) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.topics.find(topic);
  if (found == data.topics.end()) return NoTopic(topic);
  found->second.retention = retention;
  return Status::Ok();
}

Result<std::vector<TopicDescription>> InMemoryMetadataStore::ListTopics() {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  std::vector<TopicDescription> topics;
  for (const auto& [name, topic] : data.topics) topics.push_back(topic);
  return topics;
}

Result<std::vector<LeaseRow>> InMemoryMetadataStore::AcquireLeases(std::span<const LeaseClaim> claims,
                                                                   const std::string& holder,
                                                                   std::chrono::milliseconds duration) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  std::vector<LeaseRow> rows;
  for (const LeaseClaim& claim : claims) rows.push_back(data.Acquire(claim, holder, duration));
  return rows;
}

Status InMemoryMetadataStore::ReleaseLease(const TopicPartition& partition, const std::string& holder,
                                           std::uint64_t epoch) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.leases.find(partition);
  LeaseRow none;
  return ReleaseRow(found == data.leases.end() ? none : found->second, partition, holder, epoch);
}

Status InMemoryMetadataStore::RaiseEpoch(const TopicPartition& partition, std::uint64_t epoch) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  if (epoch > 0) RaiseRow(data.leases[partition], epoch);
  return Status::Ok();
}

Result<std::optional<LeaseRow>> InMemoryMetadataStore::FindLease(const TopicPartition& partition) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.leases.find(partition);
  return found == data.leases.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<CommittedOffset>> InMemoryMetadataStore::FindCommit(const std::string& group,
                                                                         const TopicIdPartition& partition) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.offsets.find(KeyOf(group, partition));
  return found == data.offsets.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<CommittedOffset>> InMemoryMetadataStore::ListCommittedOffsets(const OffsetFilter& filter) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  std::vector<CommittedOffset> found;
  for (const auto& [key, offset] : data.offsets) {
    if (filter.group && offset.group != *filter.group) continue;
    if (filter.topic_id && offset.partition.topic_id != *filter.topic_id) continue;
    found.push_back(offset);
  }
  return found;
}

Status InMemoryMetadataStore::ChangeOffsets(std::span<const OffsetChange> changes) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  // All are checked before the first is made.
  for (const OffsetChange& change : changes) {
    const TopicId id = change.partition.topic_id;
    if (Status checked = CheckOffset(change.offset.value_or(0)); !checked.ok()) return checked;
    if (change.offset && !data.HasId(id)) return NoTopicWithId(id);
  }
  for (const OffsetChange& change : changes) {
    const OffsetKey key = KeyOf(change.group, change.partition);
    if (!change.offset) {
      data.offsets.erase(key);
      continue;
    }
    data.offsets.insert_or_assign(key, CommittedOffset{.group = change.group,
                                                       .partition = change.partition,
                                                       .offset = *change.offset,
                                                       .member_id = change.member_id});
  }
  return Status::Ok();
}

Status InMemoryMetadataStore::StoreOpenings(std::span<const StoredOpenings> logs) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  for (const StoredOpenings& log : logs) {
    if (!data.HasId(log.partition.topic_id)) continue;
    std::vector<LogOpening>& openings = data.openings.insert_or_assign(log.partition, log.openings).first->second;
    std::sort(openings.begin(), openings.end(), [](const LogOpening& a, const LogOpening& b) { return a.id < b.id; });
  }
  return Status::Ok();
}

Result<std::vector<LogOpening>> InMemoryMetadataStore::FindOpenings(const TopicIdPartition& partition) {
  Data& data = *data_;
  const MutexLock lock(data.mutex);
  const auto found = data.openings.find(partition);
  return found == data.openings.end() ? std::vector<LogOpening>() : found->second;
}

}  // namespace streamhouse::agent
