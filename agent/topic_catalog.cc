#include "agent/topic_catalog.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "agent/operator_log.h"
#include "agent/topic_name.h"

namespace streamhouse::agent {
namespace {

// What fits on a page that a person reads.
constexpr std::size_t kReasonsMax = 5;

Status CheckRetention(const Retention& retention) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (retention.age_max.count() >= 0 && retention.bytes_max <= kMax) return Status::Ok();
  return {StatusCode::kInvalidArgument, "a retention is from 0, for no limit, to 2^63 - 1"};
}

}  // namespace

TopicCatalog::TopicCatalog(FileSystem& files, MetadataStore& store, LeaseKeeper& leases, Options options)
    : files_(files), store_(store), leases_(leases), options_(std::move(options)) {}

Status TopicCatalog::Load() {
  auto topics = store_.ListTopics();
  if (!topics.ok()) return topics.status();
  const std::lock_guard creating(create_mutex_);
  for (const TopicInfo& topic : *topics) {
    auto logs = OpenLogs(topic);
    if (logs.ok()) {
      Serve(topic, *std::move(logs));
    } else {
      OperatorLog().error("topic {} is not served: {}", topic.name, logs.status().message());
      const std::unique_lock lock(mutex_);
      unserved_.insert_or_assign(topic.name, ListedTopic{.topic = topic, .served = logs.status()});
    }
  }
  return Status::Ok();
}

Status TopicCatalog::Create(const TopicInfo& topic) {
  if (Status named = CheckTopicName(topic.name); !named.ok()) return named;
  if (Status checked = CheckRetention(topic.retention); !checked.ok()) return checked;
  if (topic.partitions == 0 || topic.partitions > kPartitionsPerTopicMax) {
    return {StatusCode::kInvalidArgument, "a topic has 1 to " + std::to_string(kPartitionsPerTopicMax) +
                                              " partitions, not " + std::to_string(topic.partitions)};
  }
  const std::lock_guard creating(create_mutex_);
  if (PartitionCount(topic.name).ok()) return store_.CreateTopic(topic);
  // Before the store knows of it, or a topic that cannot be served would be there after every restart. Logs that are
  // left without a topic are empty, and found again by whoever creates it.
  auto logs = OpenLogs(topic);
  if (!logs.ok()) return logs.status();
  if (Status created = store_.CreateTopic(topic); !created.ok()) return created;
  Serve(TakeUnserved(topic.name).value_or(topic), *std::move(logs));
  OperatorLog().info("topic {} created with {} partitions", topic.name, topic.partitions);
  // Whatever keeps the leases from being taken now is logged there, and tried again.
  static_cast<void>(leases_.RenewNow());
  return Status::Ok();
}

// As it is stored, with its retention.
std::optional<TopicInfo> TopicCatalog::TakeUnserved(const std::string& name) {
  const std::unique_lock lock(mutex_);
  auto stored = unserved_.extract(name);
  if (!stored) return std::nullopt;
  return std::move(stored.mapped().topic);
}

Result<TopicCatalog::Logs> TopicCatalog::OpenLogs(const TopicInfo& topic) const {
  Logs logs;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    const TopicPartition name = {.topic = topic.name, .partition = i};
    auto log = PartitionLog::Open(files_, options_.log_folder + "/" + name.ToString(), options_.log);
    if (!log.ok()) return log.status();
    if ((*log)->torn_bytes() > 0) {
      OperatorLog().warn("log of {}: cut off a torn tail of {} bytes; continues at offset {}", name.ToString(),
                         (*log)->torn_bytes(), (*log)->HighWatermark());
    }
    logs.push_back(*std::move(log));
  }
  return logs;
}

void TopicCatalog::Serve(const TopicInfo& topic, Logs logs) {
  Partitions partitions;
  for (std::uint32_t i = 0; i < topic.partitions; ++i) {
    const TopicPartition name = {.topic = topic.name, .partition = i};
    const auto log_failed = [this, name](const Status& reason) {
      OperatorLog().error("log of {}: {}", name.ToString(), reason.message());
      leases_.GiveUp(name, reason.message());
    };
    partitions.push_back(std::make_shared<Partition>(std::move(logs[i]), leases_.Track(name), options_.record_bytes_max,
                                                     options_.metrics, log_failed));
  }
  const std::unique_lock lock(mutex_);
  topics_.emplace(topic.name, Topic{.retention = topic.retention, .partitions = std::move(partitions)});
}

Result<std::shared_ptr<Partition>> TopicCatalog::Find(std::string_view topic, std::uint32_t partition) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = topics_.find(topic);
    if (found != topics_.end() && partition < found->second.partitions.size()) {
      return found->second.partitions[partition];
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
  return {
      .name = name, .partitions = static_cast<std::uint32_t>(topic.partitions.size()), .retention = topic.retention};
}

std::vector<ListedTopic> TopicCatalog::List() const {
  std::vector<ListedTopic> all;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [name, topic] : topics_) all.push_back({.topic = InfoOf(name, topic), .served = Status::Ok()});
    for (const auto& [name, unserved] : unserved_) all.push_back(unserved);
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
  std::vector<std::pair<std::string, Topic>> topics;
  {
    const std::shared_lock lock(mutex_);
    topics.assign(topics_.begin(), topics_.end());
  }
  for (const auto& [name, topic] : topics) {
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      auto removed = topic.partitions[i]->ApplyRetention(topic.retention, now_ms);
      if (!removed.ok()) {
        // Told already, when the log failed.
        if (!topic.partitions[i]->LogHealth().ok()) continue;
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
    for (const auto& [name, unserved] : unserved_) {
      reasons.push_back("topic " + name + " is not served: " + unserved.served.message());
    }
    for (const auto& [name, topic] : topics_) {
      for (std::uint32_t i = 0; i < topic.partitions.size(); ++i) {
        if (const Status health = topic.partitions[i]->LogHealth(); !health.ok()) {
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

void TopicCatalog::LoseLease(const TopicPartition& partition, std::uint64_t fence) {
  // A lease that was never held while its partition was served has nobody to tell.
  if (auto found = Find(partition.topic, partition.partition); found.ok()) (*found)->LoseLease(fence);
}

TopicCatalog::Partitions TopicCatalog::All() const {
  const std::shared_lock lock(mutex_);
  Partitions all;
  for (const auto& [name, topic] : topics_) all.insert(all.end(), topic.partitions.begin(), topic.partitions.end());
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
