#include "agent/topics/topic_catalog.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "agent/base/operator_log.h"
#include "agent/topics/topic_name.h"
#include "agent/topics/topic_removal.h"
#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

namespace {

// More would not fit on a page that a person reads.
constexpr std::size_t kReasonsMax = 5;

// To clients, damage is one of the reasons why a partition is not served.
Status NotServed(const Status& reason) {
  return {StatusCode::kUnavailable, reason.message()};
}

// Damage of the store is no damage of a log.
Status OfMetadata(const Status& failure) {
  return {StatusCode::kUnavailable, "metadata: " + failure.message()};
}

}  // namespace

TopicCatalog::TopicCatalog(FileSystem& files, MetadataStore& store, LeaseKeeper& leases, Options options)
    : files_(files),
      store_(store),
      leases_(leases),
      options_(std::move(options)),
      folders_(files, options_.log_folder),
      strays_(folders_),
      openings_(store) {}

Status TopicCatalog::Load() {
  auto topics = store_.ListTopics();
  if (!topics.ok()) return topics.status();
  const metrics::MutexLock creating(create_mutex_);
  for (const TopicDescription& topic : *topics) {
    Topic loaded = {
        .id = topic.id, .retention = topic.retention, .record_metrics = options_.record_metrics.Open(topic.name)};
    for (std::uint32_t i = 0; i < topic.partitions; ++i) {
      loaded.partitions.push_back(TryToServe({.topic = topic.name, .partition = i}, loaded));
      CountFound(loaded, loaded.partitions.back());
    }
    const metrics::WriteLock lock(mutex_);
    topics_.emplace(topic.name, std::move(loaded));
  }
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return served_ == All().size(); },
                  "each served partition is counted once");
  // It logs its failures; ApplyRetention() retries.
  static_cast<void>(FinishRemovals());
  if (Status named = FindStrayLogs(); !named.ok()) return named;
  if (Status lowered = LowerOffsetsBeyond(AllLogEnds()); !lowered.ok()) return lowered;
  StoreOpenings();
  return Status::Ok();
}

// In one transaction for all logs. After a failure, each append and ApplyRetention() retry.
void TopicCatalog::StoreOpenings() {
  if (!openings_.Flush().ok()) OperatorLog().error("{}", openings_.Health().message());
}

Status TopicCatalog::FindStrayLogs() {
  auto lives = store_.ListDeleted();
  if (!lives.ok()) return lives.status();
  std::set<std::string> waiting;
  for (const DeletedLife& life : *lives) {
    waiting.insert(RemovedFolderName(life.id));
    if (!IsRenamedForRemoval(files_, options_.log_folder, life)) waiting.insert(life.topic);
  }
  const auto find_topic = [this](const std::string& name) -> std::optional<TopicDescription> {
    auto known = Describe(name);
    return known.ok() ? std::optional(*std::move(known)) : std::nullopt;
  };
  auto strays = folders_.FindStrays(find_topic, waiting);
  if (!strays.ok()) return strays.status();
  for (const std::string& folder : *strays) strays_.Add(folder);
  return Status::Ok();
}

std::vector<LogEnd> TopicCatalog::AllLogEnds() const {
  const metrics::ReadLock lock(mutex_);
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

const TopicCatalog::Topic& TopicCatalog::KnownTopic(const std::string& topic) const {
  const metrics::ReadLock lock(mutex_);
  return topics_.find(topic)->second;
}

Status TopicCatalog::RetryUnserved(const std::string& topic) {
  const std::vector<TopicPartition> unserved = Unserved(topic);
  if (unserved.empty()) return Status::Ok();
  Status first;
  for (const TopicPartition& name : unserved) {
    const Topic& known = KnownTopic(topic);
    ServedPartition served = TryToServe(name, known);
    if (served.ok()) {
      const LogEnd end = {.name = name, .topic_id = known.id, .end_offset = (*served)->HighWatermark()};
      if (Status lowered = LowerOffsetsBeyond({&end, 1}); !lowered.ok()) return lowered;
    }
    CountFound(known, served);
    if (first.ok() && !served.ok()) first = NotServed(served.status());
    if (served.ok()) OperatorLog().info("{partition} is served again", "partition"_a = name.ToString());
    const metrics::WriteLock lock(mutex_);
    topics_.find(topic)->second.partitions[name.partition] = std::move(served);
  }
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return served_ == All().size(); },
                  "each served partition is counted once");
  // The next renewal requests a lease again that cannot be taken yet.
  static_cast<void>(leases_.AcquireNow(unserved));
  return first;
}

Status TopicCatalog::FirstUnserved(const std::string& topic) const {
  const metrics::ReadLock lock(mutex_);
  for (const ServedPartition& served : topics_.find(topic)->second.partitions) {
    if (!served.ok()) return served.status();
  }
  return Status::Ok();
}

std::vector<TopicPartition> TopicCatalog::Unserved(const std::string& topic) const {
  const metrics::ReadLock lock(mutex_);
  std::vector<TopicPartition> unserved;
  const std::vector<ServedPartition>& partitions = topics_.find(topic)->second.partitions;
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    if (!partitions[i].ok()) unserved.push_back({.topic = topic, .partition = i});
  }
  return unserved;
}

TopicCatalog::ServedPartition TopicCatalog::TryToServe(const TopicPartition& name, const Topic& topic) {
  if (Status room = CheckOpenFiles(1); !room.ok()) return ServeOpened(name, topic, room);
  auto log = OpenLog(name);
  if (!log.ok()) return ServeOpened(name, topic, log.status());
  auto openings = openings_.Reopen({topic.id, name.partition}, (*log)->HighWatermark());
  if (!openings.ok()) return ServeOpened(name, topic, OfMetadata(openings.status()));
  ServedPartition served = ServeOpened(name, topic, std::move(log));
  if (served.ok()) (*served)->Continue(*std::move(openings), [this] { return openings_.Flush(); });
  return served;
}

TopicCatalog::ServedPartition TopicCatalog::ServeOpened(const TopicPartition& name, const Topic& topic,
                                                        Result<std::unique_ptr<PartitionLog>> log) {
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
    OperatorLog().warn("log of {partition}: truncated a torn tail of {bytes} bytes; continues at offset {offset}",
                       "partition"_a = name.ToString(), "bytes"_a = (*log)->torn_bytes(),
                       "offset"_a = (*log)->HighWatermark());
  }
  // The store may be older than the log, or another one: no epoch that it gives out may be below
  // those of the log.
  const std::uint64_t fence = (*log)->fence();
  auto lease = store_.FindLease(name);
  if (!lease.ok()) return OfMetadata(lease.status());
  if (fence > lease->value_or(LeaseRow()).epoch) {
    if (Status raised = store_.RaiseEpoch(name, fence); !raised.ok()) return OfMetadata(raised);
  }
  return log;
}

Status TopicCatalog::CheckOpenFiles(std::uint64_t more_partitions) const {
  const std::uint64_t files_max = files_.OpenFilesMax();
  if (served_ + more_partitions <= files_max * kPartitionsPercentMax / 100) return Status::Ok();
  return {
      StatusCode::kResourceExhausted,
      fmt::format("each partition takes an open file, and {} of them would take more than {} % of the {} files that "
                  "the agent may have open: raise its limit (ulimit -n, LimitNOFILE=)",
                  served_ + more_partitions, kPartitionsPercentMax, files_max)};
}

// Once, when the partition begins to be served.
void TopicCatalog::CountFound(const Topic& topic, const ServedPartition& served) {
  if (!served.ok()) return;
  ++served_;
  topic.record_metrics->found.Add(static_cast<std::int64_t>((*served)->HighWatermark() - (*served)->LogStartOffset()));
}

std::shared_ptr<Partition> TopicCatalog::Serve(const TopicPartition& name, const Topic& topic,
                                               std::unique_ptr<PartitionLog> log) {
  auto lease = leases_.Track(name);
  const auto log_failed = [this, name, lease](const Status& reason) {
    OperatorLog().error("log of {partition}: {error}", "partition"_a = name.ToString(), "error"_a = reason.message());
    leases_.GiveUp(name, *lease, reason.message());
  };
  auto partition = std::make_shared<Partition>(
      std::move(log), std::move(lease), options_.record_bytes_max,
      WriteMetrics{.write_latency = options_.write_latency, .record_metrics = topic.record_metrics}, log_failed,
      topic.id, options_.reserve);
  partition->OnDamage([name, record_metrics = topic.record_metrics](const Damage& damage) {
    OperatorLog().error("log of {partition}: {error}", "partition"_a = name.ToString(), "error"_a = damage.ToString());
    record_metrics->NoteDamaged(damage.lost.size());
  });
  return partition;
}

Result<std::shared_ptr<Partition>> TopicCatalog::Find(std::string_view topic, std::uint32_t partition) const {
  {
    const metrics::ReadLock lock(mutex_);
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

Result<TopicDescription> TopicCatalog::Describe(std::string_view topic) const {
  if (Status named = CheckTopicName(topic); !named.ok()) return named;
  const metrics::ReadLock lock(mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Status(StatusCode::kNotFound, "there is no topic " + std::string(topic));
  return InfoOf(found->first, found->second);
}

TopicDescription TopicCatalog::InfoOf(const std::string& name, const Topic& topic) {
  return {.name = name,
          .partitions = static_cast<std::uint32_t>(topic.partitions.size()),
          .retention = topic.retention,
          .id = topic.id};
}

std::vector<ListedTopic> TopicCatalog::List() const {
  std::vector<ListedTopic> all;
  {
    const metrics::ReadLock lock(mutex_);
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

void TopicCatalog::ApplyRetention(std::int64_t now_ms) {
  strays_.ForgetMoved();
  {
    const metrics::MutexLock creating(create_mutex_);
    // It logs its failures; the next call retries.
    static_cast<void>(FinishRemovals());
  }
  StoreOpenings();
  std::vector<std::pair<std::string, Topic>> topics;
  {
    const metrics::ReadLock lock(mutex_);
    topics.assign(topics_.begin(), topics_.end());
  }
  for (const auto& [name, topic] : topics) {
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      if (!topic.partitions[i].ok()) continue;
      Partition& partition = **topic.partitions[i];
      auto removed = ApplyRetentionTo(name, partition, now_ms);
      if (!removed.ok()) {
        // Told already, when the log failed.
        if (!partition.LogHealth().ok()) continue;
        OperatorLog().error("log of {partition}: cannot remove what is beyond its retention: {error}",
                            "partition"_a = fmt::format("{}/{}", name, i), "error"_a = removed.status().message());
      } else if (*removed > 0) {
        OperatorLog().info("log of {partition}: {segments} segments were beyond its retention",
                           "partition"_a = fmt::format("{}/{}", name, i), "segments"_a = *removed);
      }
    }
  }
}

Result<std::size_t> TopicCatalog::ApplyRetentionTo(const std::string& topic, Partition& partition,
                                                   std::int64_t now_ms) {
  const metrics::MutexLock applying(retention_mutex_);
  // They may have changed since the other partitions had their turn.
  const auto known = Describe(topic);
  if (!known.ok() || known->id != partition.topic_id()) return std::size_t{0};
  return partition.ApplyRetention(known->retention, now_ms);
}

Status TopicCatalog::LogHealth() const {
  std::vector<std::string> reasons = strays_.Messages();
  if (Status stored = openings_.Health(); !stored.ok()) reasons.push_back(stored.message());
  {
    const metrics::ReadLock lock(mutex_);
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
  std::shared_ptr<TopicRecordMetrics> record_metrics;
  RefusalReason reason = RefusalReason::kUnknownPartition;
  {
    const metrics::ReadLock lock(mutex_);
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return options_.record_metrics.unknown().Refuse(RefusalReason::kUnknownTopic, records);
    record_metrics = found->second.record_metrics;
    if (partition < found->second.partitions.size()) {
      const bool is_damaged = found->second.partitions[partition].status().code() == StatusCode::kDataLoss;
      reason = is_damaged ? RefusalReason::kDamaged : RefusalReason::kUnavailable;
    }
  }
  record_metrics->Refuse(reason, records);
}

void TopicCatalog::LoseLease(const TopicPartition& partition, std::uint64_t fence) {
  // A lease that was never held while its partition was served has no log to fence.
  if (auto found = Find(partition.topic, partition.partition); found.ok()) (*found)->LoseLease(fence);
}

TopicCatalog::Partitions TopicCatalog::All() const {
  const metrics::ReadLock lock(mutex_);
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
    // It was logged when the log failed; this is called every interval.
    if (!synced.ok() && partition->LogHealth().ok()) {
      OperatorLog().error("cannot sync a log: {error}", "error"_a = synced.message());
    }
    if (first.ok()) first = std::move(synced);
  }
  return first;
}

Status TopicCatalog::CloseLogs() {
  Status first;
  for (const auto& partition : All()) {
    Status closed = partition->Close();
    if (!closed.ok()) OperatorLog().error("cannot close a log: {error}", "error"_a = closed.message());
    if (first.ok()) first = std::move(closed);
  }
  return first;
}

}  // namespace streamhouse::agent
