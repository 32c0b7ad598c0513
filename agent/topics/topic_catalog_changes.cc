// Creation, growth and deletion of topics. All functions here run with create_mutex_ held.
#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "agent/base/operator_log.h"
#include "agent/topics/topic_catalog.h"
#include "agent/topics/topic_name.h"
#include "agent/topics/topic_removal.h"
#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

namespace {

constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();

Status CheckRetention(const Retention& retention) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (retention.age_max.count() >= 0 && retention.bytes_max <= kMax) return Status::Ok();
  return {StatusCode::kInvalidArgument, "a retention is from 0, for no limit, to 2^63 - 1"};
}

}  // namespace

Status TopicCatalog::Create(const TopicDescription& topic, StrayLogPolicy logs) {
  if (Status named = CheckTopicName(topic.name); !named.ok()) return named;
  if (Status checked = CheckRetention(topic.retention); !checked.ok()) return checked;
  if (topic.partitions == 0 || topic.partitions > kPartitionsPerTopicMax) {
    return {StatusCode::kInvalidArgument, "a topic has 1 to " + std::to_string(kPartitionsPerTopicMax) +
                                              " partitions, not " + std::to_string(topic.partitions)};
  }
  const metrics::MutexLock creating(create_mutex_);
  if (PartitionCount(topic.name).ok()) {
    const Status same = store_.CreateTopic(topic).status();
    return same.ok() ? RetryUnserved(topic.name) : same;
  }
  if (Status room = CheckOpenFiles(topic.partitions); !room.ok()) return room;
  if (Status removed = FinishRemovals(topic.name); !removed.ok()) return removed;
  auto found = folders_.CountPartitionsWithRecords(topic.name);
  if (!found.ok()) return found.status();
  if (*found > 0 && logs == StrayLogPolicy::kRefuse) {
    return {StatusCode::kFailedPrecondition, StrayLogMessage(topic.name)};
  }
  if (*found == 0 && logs == StrayLogPolicy::kAdopt) {
    return {StatusCode::kNotFound, "there are no logs of " + topic.name + " to take over"};
  }
  if (*found > topic.partitions) {
    return {StatusCode::kInvalidArgument, "folder log/" + topic.name + " holds records of " + std::to_string(*found) +
                                              " partitions, more than " + std::to_string(topic.partitions)};
  }
  if (*found > 0) return CreateNew(topic, logs);
  if (Status begun = folders_.BeginCreation(topic.name); !begun.ok()) return begun;
  Status created = CreateNew(topic, logs);
  if (!created.ok()) folders_.AbandonCreation(topic.name);
  return created;
}

Status TopicCatalog::CreateNew(const TopicDescription& topic, StrayLogPolicy found) {
  // The logs are opened before the store knows the topic: a topic that cannot be served would be
  // there after every restart. One damaged partition among logs that are taken over does not stop
  // the others.
  std::vector<Result<std::unique_ptr<PartitionLog>>> logs;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    auto log = OpenLog({.topic = topic.name, .partition = i});
    const bool is_damaged = log.status().code() == StatusCode::kDataLoss;
    if (!log.ok() && !(is_damaged && found == StrayLogPolicy::kAdopt)) return log.status();
    logs.push_back(std::move(log));
  }
  // A log that is taken over and cannot be served gets no lease.
  const bool is_new = found == StrayLogPolicy::kRefuse;
  auto created = is_new ? leases_.CreateTopic(topic) : store_.CreateTopic(topic);
  if (!created.ok()) return created.status();
  // The next start tries a failure again, and so does a deletion.
  static_cast<void>(folders_.FinishCreation(topic.name, created->id));
  Topic added = {
      .id = created->id, .retention = created->retention, .record_metrics = options_.record_metrics.Open(topic.name)};
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    added.partitions.push_back(ServeOpened({.topic = topic.name, .partition = i}, added, std::move(logs[i])));
    CountFound(added, added.partitions.back());
  }
  {
    const metrics::WriteLock lock(mutex_);
    topics_.emplace(topic.name, std::move(added));
  }
  // Invariant 1 of agent/topics/topic_catalog.h.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return served_ == All().size(); },
                  "each served partition is counted once");
  strays_.Drop(topic.name);
  OperatorLog().info("topic {topic} created with {partitions} partitions", "topic"_a = topic.name,
                     "partitions"_a = topic.partitions);
  if (is_new) return Status::Ok();
  std::vector<TopicPartition> names;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) names.push_back({.topic = topic.name, .partition = i});
  // AcquireNow() logs a lease that cannot be taken now; the next round retries it.
  static_cast<void>(leases_.AcquireNow(names));
  const Status unserved = FirstUnserved(topic.name);
  if (unserved.ok()) return unserved;
  return {StatusCode::kUnavailable, "topic " + topic.name + " was taken over, but " + unserved.message()};
}

Status TopicCatalog::AddPartitions(const std::string& topic, std::uint32_t partitions) {
  if (partitions > kPartitionsPerTopicMax) {
    return {StatusCode::kInvalidArgument, "a topic has at most " + std::to_string(kPartitionsPerTopicMax) +
                                              " partitions, not " + std::to_string(partitions)};
  }
  const metrics::MutexLock creating(create_mutex_);
  auto info = Describe(topic);
  if (!info.ok()) return info.status();
  if (partitions <= info->partitions) {
    return {StatusCode::kInvalidArgument, "topic " + topic + " has " + std::to_string(info->partitions) +
                                              " partitions already; more can be added, none taken away"};
  }
  if (Status room = CheckOpenFiles(partitions - info->partitions); !room.ok()) return room;
  if (Status unused = CheckUnused(topic, info->partitions, partitions); !unused.ok()) return unused;
  std::vector<std::unique_ptr<PartitionLog>> logs;
  const auto add = [&]() -> Status {
    for (std::uint32_t i = info->partitions; i < partitions; ++i) {
      auto log = OpenLog({.topic = topic, .partition = i});
      if (!log.ok()) return log.status();
      logs.push_back(*std::move(log));
    }
    // After the sync, files that an operator has moved away do not come back by a loss of power.
    if (Status synced = files_.SyncFolder(options_.log_folder + "/" + topic); !synced.ok()) return synced;
    return store_.AddPartitions(topic, partitions);
  };
  if (Status added = add(); !added.ok()) {
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
    const Topic& known = KnownTopic(topic);
    served.emplace_back(Serve({.topic = topic, .partition = number}, known, std::move(logs[i])));
    CountFound(known, served.back());
  }
  {
    const metrics::WriteLock lock(mutex_);
    auto& known = topics_.find(topic)->second.partitions;
    known.insert(known.end(), served.begin(), served.end());
  }
  // Invariant 1 of agent/topics/topic_catalog.h.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return served_ == All().size(); },
                  "each served partition is counted once");
  OperatorLog().info("topic {topic} has {partitions} partitions, {before} before", "topic"_a = topic,
                     "partitions"_a = partitions, "before"_a = info->partitions);
  // The next renewal requests a lease again that cannot be taken yet.
  static_cast<void>(leases_.AcquireNow(names));
  return Status::Ok();
}

// Partitions from `first` to `end` must have no records: the owner of such records is unknown.
Status TopicCatalog::CheckUnused(const std::string& topic, std::uint32_t first, std::uint32_t end) const {
  auto partitions = folders_.PartitionsFrom(topic, first);
  if (!partitions.ok()) return partitions.status();
  if (partitions->empty() || partitions->front() >= end) return Status::Ok();
  return {StatusCode::kFailedPrecondition, StrayLogMessage(topic + "/" + std::to_string(partitions->front()))};
}

Result<DeletedTopic> TopicCatalog::Delete(const std::string& topic) {
  const metrics::MutexLock creating(create_mutex_);
  auto info = Describe(topic);
  if (!info.ok()) return info.status();
  std::vector<TopicPartition> names;
  for (std::uint32_t i = 0; i < info->partitions; ++i) names.push_back({.topic = topic, .partition = i});
  // Or they would go with it.
  if (Status unused = CheckUnused(topic, info->partitions, kNoLimit); !unused.ok()) return unused;
  if (Status only = folders_.CheckOnlyPartitions(topic); !only.ok()) return only;
  if (Status prepared = folders_.PrepareRemoval(topic, info->id); !prepared.ok()) return prepared;
  const Status deleted =
      leases_.Forget(names, "topic " + topic + " was deleted", [&] { return store_.DeleteTopic(topic, info->id); });
  if (!deleted.ok()) return deleted;
  Topic removed;
  {
    const metrics::WriteLock lock(mutex_);
    removed = std::move(topics_.extract(topics_.find(topic)).mapped());
  }
  DeletedTopic gone = {.partitions = info->partitions};
  for (const ServedPartition& served : removed.partitions) {
    if (!served.ok()) continue;
    --served_;
    gone.records += (*served)->HighWatermark() - (*served)->LogStartOffset();
  }
  // Invariant 1 of agent/topics/topic_catalog.h.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return served_ == All().size(); },
                  "each served partition is counted once");
  Retire(removed.partitions);
  options_.record_metrics.Close(*removed.record_metrics);
  OperatorLog().info("topic {topic} deleted, with {partitions} partitions and {records} records", "topic"_a = topic,
                     "partitions"_a = gone.partitions, "records"_a = gone.records);
  // Each ApplyRetention() retries the files that stay.
  static_cast<void>(FinishRemovals(topic));
  return gone;
}

void TopicCatalog::Retire(const std::vector<ServedPartition>& partitions) {
  for (const ServedPartition& served : partitions) {
    if (!served.ok()) continue;
    (*served)->Drain();
    // The records are no longer wanted, also not on the disk.
    static_cast<void>((*served)->Close());
  }
}

// A retry every minute logs the same failure once.
void TopicCatalog::LogRemovalFailure(TopicId id, const std::string& message) {
  std::string& told = removal_failures_[id];
  if (told != message) OperatorLog().error("{}", message);
  told = message;
}

// Of `topic`, or of all. Fails where the folder of a topic is still under its name.
Status TopicCatalog::FinishRemovals(std::string_view topic) {
  constexpr TopicId kAll = 0;
  auto lives = store_.ListDeleted();
  if (!lives.ok()) {
    LogRemovalFailure(kAll, "files of deleted topics stay for now: " + lives.status().message());
    return lives.status();
  }
  removal_failures_.erase(kAll);
  Status first;
  for (const DeletedLife& life : *lives) {
    if (!topic.empty() && life.topic != topic) continue;
    const TopicFolder owner =
        PartitionCount(life.topic).ok() ? TopicFolder::kOfLaterTopic : TopicFolder::kOfDeletedLife;
    const Result<Removal> removed = RemoveFiles(files_, store_, options_.log_folder, life, owner);
    if (!removed.ok()) {
      LogRemovalFailure(life.id,
                        "files of the deleted topic " + life.topic + " stay for now: " + removed.status().message());
      if (first.ok() && !IsRenamedForRemoval(files_, options_.log_folder, life)) first = removed.status();
      continue;
    }
    removal_failures_.erase(life.id);
    if (*removed == Removal::kRemoved) {
      OperatorLog().info("removed the files of the deleted topic {topic}", "topic"_a = life.topic);
      continue;
    }
    OperatorLog().warn(
        "an earlier deletion of topic {topic} is forgotten: log/{topic} belongs to a later topic of that "
        "name, which the metadata do not know; are they an older copy?",
        "topic"_a = life.topic);
    if (first.ok()) {
      first = {StatusCode::kFailedPrecondition, "log/" + life.topic + " belongs to a later topic of that name"};
    }
  }
  return first;
}

Status TopicCatalog::SetRetention(const std::string& topic, const Retention& retention) {
  if (auto known = PartitionCount(topic); !known.ok()) return known.status();
  if (Status checked = CheckRetention(retention); !checked.ok()) return checked;
  {
    const metrics::MutexLock creating(create_mutex_);
    if (Status set = store_.SetRetention(topic, retention); !set.ok()) return set;
    const metrics::WriteLock lock(mutex_);
    topics_.find(topic)->second.retention = retention;
  }
  // What is being removed by the limits of before is gone after this. No creation waits for it.
  const metrics::MutexLock none_applied(retention_mutex_);
  return Status::Ok();
}

}  // namespace streamhouse::agent
