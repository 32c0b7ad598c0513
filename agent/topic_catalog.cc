#include "agent/topic_catalog.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "agent/operator_log.h"
#include "agent/topic_name.h"
#include "agent/topic_removal.h"

namespace streamhouse::agent {
namespace {

// What fits on a page that a person reads.
constexpr std::size_t kReasonsMax = 5;

Status CheckRetention(const Retention& retention) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (retention.age_max.count() >= 0 && retention.bytes_max <= kMax) return Status::Ok();
  return {StatusCode::kInvalidArgument, "a retention is from 0, for no limit, to 2^63 - 1"};
}

// To clients, damage is one of the reasons why a partition is not served.
Status NotServed(const Status& reason) {
  return {StatusCode::kUnavailable, reason.message()};
}

}  // namespace

TopicCatalog::TopicCatalog(FileSystem& files, MetadataStore& store, LeaseKeeper& leases, Options options)
    : files_(files),
      store_(store),
      leases_(leases),
      options_(std::move(options)),
      folders_(files, options_.log_folder) {}

Status TopicCatalog::Load() {
  auto topics = store_.ListTopics();
  if (!topics.ok()) return topics.status();
  const std::lock_guard creating(create_mutex_);
  FinishRemovals(files_, options_.log_folder, *topics);
  for (const TopicInfo& topic : *topics) {
    Topic loaded = {.id = topic.id, .retention = topic.retention, .books = options_.books.Open(topic.name)};
    for (std::uint32_t i = 0; i < topic.partitions; ++i) {
      loaded.partitions.push_back(TryToServe({.topic = topic.name, .partition = i}, loaded));
    }
    const std::unique_lock lock(mutex_);
    topics_.emplace(topic.name, std::move(loaded));
  }
  auto orphans = folders_.FindOrphans([this](const std::string& name) { return topics_.contains(name); });
  if (!orphans.ok()) return orphans.status();
  for (const std::string& name : *orphans) {
    OperatorLog().error("{}", LogsWithoutTopicMessage(name));
    const std::unique_lock lock(mutex_);
    orphans_.insert(name);
  }
  return LowerOffsetsBeyond(AllLogEnds());
}

bool TopicCatalog::HasLogsWithoutTopic(const std::string& topic) const {
  const std::shared_lock lock(mutex_);
  return orphans_.contains(topic);
}

// Somebody may have moved them out of the way.
void TopicCatalog::ForgetMovedLogs() {
  std::set<std::string> orphans;
  {
    const std::shared_lock lock(mutex_);
    orphans = orphans_;
  }
  for (const std::string& name : orphans) {
    auto partitions = folders_.CountPartitionsWithRecords(name);
    if (!partitions.ok() || *partitions > 0) continue;
    OperatorLog().info("the logs of {}, which have no topic, are gone", name);
    const std::unique_lock lock(mutex_);
    orphans_.erase(name);
  }
}

std::vector<LogEnd> TopicCatalog::AllLogEnds() const {
  const std::shared_lock lock(mutex_);
  std::vector<LogEnd> ends;
  for (const auto& [name, topic] : topics_) {
    for (std::uint32_t i = 0; i < topic.partitions.size(); ++i) {
      if (!topic.partitions[i].ok()) continue;
      ends.push_back({.name = {.topic = name, .partition = i},
                      .topic_id = topic.id,
                      .end_offset = (*topic.partitions[i])->HighWatermark()});
    }
  }
  return ends;
}

Status TopicCatalog::LowerOffsetsBeyond(std::span<const LogEnd> ends) {
  auto lowered = LowerOffsets(store_, ends);
  if (lowered.ok()) options_.offsets_lowered.Increment(*lowered);
  return lowered.status();
}

Status TopicCatalog::Create(const TopicInfo& topic, LogsWithoutTopic logs) {
  if (Status named = CheckTopicName(topic.name); !named.ok()) return named;
  if (Status checked = CheckRetention(topic.retention); !checked.ok()) return checked;
  if (topic.partitions == 0 || topic.partitions > kPartitionsPerTopicMax) {
    return {StatusCode::kInvalidArgument, "a topic has 1 to " + std::to_string(kPartitionsPerTopicMax) +
                                              " partitions, not " + std::to_string(topic.partitions)};
  }
  const std::lock_guard creating(create_mutex_);
  if (PartitionCount(topic.name).ok()) {
    const Status same = store_.CreateTopic(topic).status();
    return same.ok() ? ServeRest(topic.name) : same;
  }
  if (IsMarkedForRemoval(files_, FolderOf(topic.name))) {
    if (Status removed = RemoveMarked(files_, FolderOf(topic.name)); !removed.ok()) return removed;
  }
  auto found = folders_.CountPartitionsWithRecords(topic.name);
  if (!found.ok()) return found.status();
  if (*found > 0 && logs == LogsWithoutTopic::kRefuse) {
    return {StatusCode::kFailedPrecondition, LogsWithoutTopicMessage(topic.name)};
  }
  if (*found == 0 && logs == LogsWithoutTopic::kAdopt) {
    return {StatusCode::kNotFound, "there are no logs of " + topic.name + " to take over"};
  }
  if (*found > topic.partitions) {
    return {StatusCode::kInvalidArgument, "folder log/" + topic.name + " holds records of " + std::to_string(*found) +
                                              " partitions, more than " + std::to_string(topic.partitions)};
  }
  if (*found > 0) return CreateNew(topic);
  if (Status begun = folders_.BeginCreation(topic.name); !begun.ok()) return begun;
  Status created = CreateNew(topic);
  if (created.ok()) {
    folders_.FinishCreation(topic.name);
  } else {
    folders_.AbandonCreation(topic.name);
  }
  return created;
}

Status TopicCatalog::CreateNew(const TopicInfo& topic) {
  // Before the store knows of it, or a topic that cannot be served would be there after every restart.
  std::vector<std::unique_ptr<PartitionLog>> logs;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    auto log = OpenLog({.topic = topic.name, .partition = i});
    if (!log.ok()) return log.status();
    // Of a log that is taken over: its epochs are another store's.
    if (const std::uint64_t fence = (*log)->fence(); fence > 0) {
      if (Status raised = store_.RaiseEpoch({topic.name, i}, fence); !raised.ok()) return raised;
    }
    logs.push_back(*std::move(log));
  }
  auto created = store_.CreateTopic(topic);
  if (!created.ok()) return created.status();
  Topic added = {.id = created->id, .retention = created->retention, .books = options_.books.Open(topic.name)};
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    added.partitions.emplace_back(Serve({.topic = topic.name, .partition = i}, added, std::move(logs[i])));
  }
  {
    const std::unique_lock lock(mutex_);
    topics_.emplace(topic.name, std::move(added));
    orphans_.erase(topic.name);
  }
  OperatorLog().info("topic {} created with {} partitions", topic.name, topic.partitions);
  std::vector<TopicPartition> names;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) names.push_back({.topic = topic.name, .partition = i});
  // Whatever keeps the leases from being taken now is logged there, and tried again.
  static_cast<void>(leases_.AcquireNow(names));
  return Status::Ok();
}

Status TopicCatalog::AddPartitions(const std::string& topic, std::uint32_t partitions) {
  if (partitions > kPartitionsPerTopicMax) {
    return {StatusCode::kInvalidArgument, "a topic has at most " + std::to_string(kPartitionsPerTopicMax) +
                                              " partitions, not " + std::to_string(partitions)};
  }
  const std::lock_guard creating(create_mutex_);
  auto info = Describe(topic);
  if (!info.ok()) return info.status();
  if (partitions <= info->partitions) {
    return {StatusCode::kInvalidArgument, "topic " + topic + " has " + std::to_string(info->partitions) +
                                              " partitions already; more can be added, none taken away"};
  }
  std::vector<std::unique_ptr<PartitionLog>> logs;
  for (std::uint32_t i = info->partitions; i < partitions; ++i) {
    auto log = OpenLog({.topic = topic, .partition = i});
    if (!log.ok()) {
      logs.clear();
      folders_.AbandonPartitions(topic, info->partitions, partitions);
      return log.status();
    }
    logs.push_back(*std::move(log));
  }
  if (Status added = store_.AddPartitions(topic, partitions); !added.ok()) {
    logs.clear();
    folders_.AbandonPartitions(topic, info->partitions, partitions);
    return added;
  }
  std::vector<ServedPartition> served;
  std::vector<TopicPartition> names;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto number = static_cast<std::uint32_t>(info->partitions + i);
    names.push_back({.topic = topic, .partition = number});
    // Changed by holders of create_mutex_ alone.
    const Topic& known = topics_.find(topic)->second;
    served.emplace_back(Serve({.topic = topic, .partition = number}, known, std::move(logs[i])));
  }
  {
    const std::unique_lock lock(mutex_);
    auto& known = topics_.find(topic)->second.partitions;
    known.insert(known.end(), served.begin(), served.end());
  }
  OperatorLog().info("topic {} has {} partitions, {} before", topic, partitions, info->partitions);
  static_cast<void>(leases_.AcquireNow(names));
  return Status::Ok();
}

Result<DeletedTopic> TopicCatalog::Delete(const std::string& topic) {
  const std::lock_guard creating(create_mutex_);
  auto info = Describe(topic);
  if (!info.ok()) return info.status();
  std::vector<TopicPartition> names;
  for (std::uint32_t i = 0; i < info->partitions; ++i) names.push_back({.topic = topic, .partition = i});
  if (Status marked = MarkForRemoval(files_, FolderOf(topic)); !marked.ok()) return marked;
  const Status deleted =
      leases_.Forget(names, "topic " + topic + " was deleted", [&] { return store_.DeleteTopic(topic, info->id); });
  if (!deleted.ok()) {
    const Status withdrawn = WithdrawMark(files_, FolderOf(topic));
    if (!withdrawn.ok()) OperatorLog().warn("topic {} stays: {}", topic, withdrawn.message());
    return deleted;
  }
  Topic removed;
  {
    const std::unique_lock lock(mutex_);
    removed = std::move(topics_.extract(topics_.find(topic)).mapped());
  }
  DeletedTopic gone = {.partitions = info->partitions};
  for (const ServedPartition& served : removed.partitions) {
    if (served.ok()) gone.records += (*served)->HighWatermark() - (*served)->LogStartOffset();
  }
  Retire(removed.partitions, topic);
  options_.books.Close(*removed.books);
  OperatorLog().info("topic {} deleted, with {} partitions and {} records", topic, gone.partitions, gone.records);
  return gone;
}

void TopicCatalog::Retire(const std::vector<ServedPartition>& partitions, const std::string& topic) const {
  for (const ServedPartition& served : partitions) {
    if (!served.ok()) continue;
    (*served)->Drain();
    // The records are no longer wanted, also not on the disk.
    static_cast<void>((*served)->Close());
  }
  if (Status removed = RemoveMarked(files_, FolderOf(topic)); !removed.ok()) {
    OperatorLog().error("files of the deleted topic {} stay for now: {}", topic, removed.message());
  }
}

Status TopicCatalog::ServeRest(const std::string& topic) {
  const std::vector<TopicPartition> unserved = Unserved(topic);
  if (unserved.empty()) return Status::Ok();
  Status first;
  for (const TopicPartition& name : unserved) {
    const Topic& known = topics_.find(topic)->second;
    ServedPartition served = TryToServe(name, known);
    if (served.ok()) {
      const LogEnd end = {.name = name, .topic_id = known.id, .end_offset = (*served)->HighWatermark()};
      if (Status lowered = LowerOffsetsBeyond({&end, 1}); !lowered.ok()) return lowered;
    }
    if (first.ok() && !served.ok()) first = NotServed(served.status());
    if (served.ok()) OperatorLog().info("{} is served again", name.ToString());
    const std::unique_lock lock(mutex_);
    topics_.find(topic)->second.partitions[name.partition] = std::move(served);
  }
  static_cast<void>(leases_.AcquireNow(unserved));
  return first;
}

std::vector<TopicPartition> TopicCatalog::Unserved(const std::string& topic) const {
  const std::shared_lock lock(mutex_);
  std::vector<TopicPartition> unserved;
  const std::vector<ServedPartition>& partitions = topics_.find(topic)->second.partitions;
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    if (!partitions[i].ok()) unserved.push_back({.topic = topic, .partition = i});
  }
  return unserved;
}

TopicCatalog::ServedPartition TopicCatalog::TryToServe(const TopicPartition& name, const Topic& topic) {
  auto log = OpenLog(name);
  if (log.ok()) return Serve(name, topic, *std::move(log));
  const bool is_damaged = log.status().code() == StatusCode::kDataLoss;
  Status not_served(is_damaged ? StatusCode::kDataLoss : StatusCode::kUnavailable,
                    name.ToString() + " is not served: " + log.status().message());
  OperatorLog().error("{}", not_served.message());
  return not_served;
}

Result<std::unique_ptr<PartitionLog>> TopicCatalog::OpenLog(const TopicPartition& name) const {
  auto log = PartitionLog::Open(files_, options_.log_folder + "/" + name.ToString(), options_.log);
  if (!log.ok()) return log.status();
  if ((*log)->torn_bytes() > 0) {
    OperatorLog().warn("log of {}: cut off a torn tail of {} bytes; continues at offset {}", name.ToString(),
                       (*log)->torn_bytes(), (*log)->HighWatermark());
  }
  return log;
}

std::shared_ptr<Partition> TopicCatalog::Serve(const TopicPartition& name, const Topic& topic,
                                               std::unique_ptr<PartitionLog> log) {
  const auto log_failed = [this, name](const Status& reason) {
    OperatorLog().error("log of {}: {}", name.ToString(), reason.message());
    leases_.GiveUp(name, reason.message());
  };
  topic.books->found.Add(static_cast<std::int64_t>(log->HighWatermark() - log->LogStartOffset()));
  auto partition =
      std::make_shared<Partition>(std::move(log), leases_.Track(name), options_.record_bytes_max,
                                  WriteMetrics{.write_latency = options_.write_latency, .books = topic.books},
                                  log_failed, topic.id, options_.reserve);
  partition->OnDamage([name, books = topic.books](const Damage& damage) {
    OperatorLog().error("log of {}: {}", name.ToString(), damage.ToString());
    books->NoteDamaged(damage.lost.size());
  });
  return partition;
}

Result<std::shared_ptr<Partition>> TopicCatalog::Find(std::string_view topic, std::uint32_t partition) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = topics_.find(topic);
    if (found != topics_.end() && partition < found->second.partitions.size()) {
      const ServedPartition& served = found->second.partitions[partition];
      return served.ok() ? served : NotServed(served.status());
    }
  }
  auto count = PartitionCount(topic);
  if (!count.ok()) return count.status();
  return Status(StatusCode::kNotFound, "topic " + std::string(topic) + " has " + std::to_string(*count) +
                                           " partitions, and no partition " + std::to_string(partition));
}

Result<std::uint32_t> TopicCatalog::PartitionCount(std::string_view topic) const {
  auto described = Describe(topic);
  if (!described.ok()) return described.status();
  return described->partitions;
}

Result<TopicInfo> TopicCatalog::Describe(std::string_view topic) const {
  if (Status named = CheckTopicName(topic); !named.ok()) return named;
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Status(StatusCode::kNotFound, "there is no topic " + std::string(topic));
  return InfoOf(found->first, found->second);
}

TopicInfo TopicCatalog::InfoOf(const std::string& name, const Topic& topic) {
  return {.name = name,
          .partitions = static_cast<std::uint32_t>(topic.partitions.size()),
          .retention = topic.retention,
          .id = topic.id};
}

std::vector<ListedTopic> TopicCatalog::List() const {
  std::vector<ListedTopic> all;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [name, topic] : topics_) {
      const auto unserved =
          std::find_if_not(topic.partitions.begin(), topic.partitions.end(), [](const auto& p) { return p.ok(); });
      all.push_back({.topic = InfoOf(name, topic),
                     .served = unserved == topic.partitions.end() ? Status::Ok() : unserved->status()});
    }
  }
  std::sort(all.begin(), all.end(),
            [](const ListedTopic& a, const ListedTopic& b) { return a.topic.name < b.topic.name; });
  return all;
}

Status TopicCatalog::SetRetention(const std::string& topic, const Retention& retention) {
  if (auto known = PartitionCount(topic); !known.ok()) return known.status();
  if (Status checked = CheckRetention(retention); !checked.ok()) return checked;
  const std::lock_guard creating(create_mutex_);
  if (Status set = store_.SetRetention(topic, retention); !set.ok()) return set;
  const std::unique_lock lock(mutex_);
  topics_.find(topic)->second.retention = retention;
  return Status::Ok();
}

void TopicCatalog::ApplyRetention(std::int64_t now_ms) {
  ForgetMovedLogs();
  std::vector<std::pair<std::string, Topic>> topics;
  {
    const std::shared_lock lock(mutex_);
    topics.assign(topics_.begin(), topics_.end());
  }
  for (const auto& [name, topic] : topics) {
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      if (!topic.partitions[i].ok()) continue;
      Partition& partition = **topic.partitions[i];
      auto removed = partition.ApplyRetention(topic.retention, now_ms);
      if (!removed.ok()) {
        // Told already, when the log failed.
        if (!partition.LogHealth().ok()) continue;
        OperatorLog().error("log of {}/{}: cannot remove what is beyond its retention: {}", name, i,
                            removed.status().message());
      } else if (*removed > 0) {
        OperatorLog().info("log of {}/{}: {} segments were beyond its retention", name, i, *removed);
      }
    }
  }
}

Status TopicCatalog::LogHealth() const {
  std::vector<std::string> reasons;
  {
    const std::shared_lock lock(mutex_);
    for (const std::string& name : orphans_) reasons.push_back(LogsWithoutTopicMessage(name));
    for (const auto& [name, topic] : topics_) {
      for (std::uint32_t i = 0; i < topic.partitions.size(); ++i) {
        const ServedPartition& served = topic.partitions[i];
        if (!served.ok()) {
          reasons.push_back(served.status().message());
          continue;
        }
        for (const Status& health : {(*served)->LogHealth(), (*served)->Integrity()}) {
          if (health.ok()) continue;
          reasons.push_back(TopicPartition{.topic = name, .partition = i}.ToString() + ": " + health.message());
        }
      }
    }
  }
  if (reasons.empty()) return Status::Ok();
  std::sort(reasons.begin(), reasons.end());
  std::string all = reasons.front();
  for (std::size_t i = 1; i < std::min(reasons.size(), kReasonsMax); ++i) all += "; " + reasons[i];
  if (reasons.size() > kReasonsMax) all += "; and " + std::to_string(reasons.size() - kReasonsMax) + " more";
  return {StatusCode::kUnavailable, std::move(all)};
}

void TopicCatalog::NoteRefused(std::string_view topic, std::uint32_t partition, std::uint64_t records) const {
  std::shared_ptr<TopicBooks> books;
  RefusalReason reason = RefusalReason::kUnknownPartition;
  {
    const std::shared_lock lock(mutex_);
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return options_.books.unknown().Refuse(RefusalReason::kUnknownTopic, records);
    books = found->second.books;
    if (partition < found->second.partitions.size()) {
      const bool is_damaged = found->second.partitions[partition].status().code() == StatusCode::kDataLoss;
      reason = is_damaged ? RefusalReason::kDamaged : RefusalReason::kUnavailable;
    }
  }
  books->Refuse(reason, records);
}

void TopicCatalog::LoseLease(const TopicPartition& partition, std::uint64_t fence) {
  // A lease that was never held while its partition was served has nobody to tell.
  if (auto found = Find(partition.topic, partition.partition); found.ok()) (*found)->LoseLease(fence);
}

TopicCatalog::Partitions TopicCatalog::All() const {
  const std::shared_lock lock(mutex_);
  Partitions all;
  for (const auto& [name, topic] : topics_) {
    for (const ServedPartition& served : topic.partitions) {
      if (served.ok()) all.push_back(*served);
    }
  }
  return all;
}

void TopicCatalog::Drain() {
  for (const auto& partition : All()) partition->Drain();
}

Status TopicCatalog::SyncLogs() {
  Status first;
  for (const auto& partition : All()) {
    Status synced = partition->Sync();
    // Told already, when the log failed; this is called every interval.
    if (!synced.ok() && partition->LogHealth().ok()) OperatorLog().error("cannot sync a log: {}", synced.message());
    if (first.ok()) first = std::move(synced);
  }
  return first;
}

Status TopicCatalog::CloseLogs() {
  Status first;
  for (const auto& partition : All()) {
    Status closed = partition->Close();
    if (!closed.ok()) OperatorLog().error("cannot close a log: {}", closed.message());
    if (first.ok()) first = std::move(closed);
  }
  return first;
}

}  // namespace streamhouse::agent
