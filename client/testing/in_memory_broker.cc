#include "client/testing/in_memory_broker.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace streamhouse::client {
namespace {

Status CutShort() {
  return {StatusCode::kDeadlineExceeded, "the deadline has passed, or the caller gave up"};
}

}  // namespace

void InMemoryBroker::FailCall(BrokerCall call, std::size_t nth, Status failure) {
  const metrics::MutexLock lock(mutex_);
  script(call).failures[script(call).begun + nth] = std::move(failure);
}

void InMemoryBroker::FailAfterWriting(std::size_t nth_produce, Status failure) {
  const metrics::MutexLock lock(mutex_);
  failures_after_writing_[script(BrokerCall::kProduce).begun + nth_produce] = std::move(failure);
}

void InMemoryBroker::FailAfterStoring(std::size_t nth_commit, Status failure) {
  const metrics::MutexLock lock(mutex_);
  failures_after_storing_[script(BrokerCall::kCommit).begun + nth_commit] = std::move(failure);
}

void InMemoryBroker::FailEvery(BrokerCall call, Status failure) {
  const metrics::MutexLock lock(mutex_);
  script(call).every_failure = std::move(failure);
}

void InMemoryBroker::Hold(BrokerCall call) {
  const metrics::MutexLock lock(mutex_);
  script(call).held = true;
}

void InMemoryBroker::Release(BrokerCall call) {
  const metrics::MutexLock lock(mutex_);
  script(call).held = false;
  changed_.NotifyAll();
}

void InMemoryBroker::Hold(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  held_partitions_.insert(partition);
}

void InMemoryBroker::Release(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  held_partitions_.erase(partition);
  changed_.NotifyAll();
}

void InMemoryBroker::OpenLogs(std::string_view topic, std::uint32_t partitions) {
  const std::uint64_t topic_id = topic_ids_.find(topic)->second;
  for (std::uint32_t i = 0; i < partitions; ++i) {
    Log& log = logs_[{std::string(topic), i}];
    if (log.life.topic_id == 0) log.life = {.topic_id = topic_id, .open_id = ++last_id_};
  }
}

void InMemoryBroker::TrimBefore(const TopicPartition& partition, Offset offset) {
  const metrics::MutexLock lock(mutex_);
  logs_.at(partition).start = offset;
}

void InMemoryBroker::CutAt(const TopicPartition& partition, Offset offset) {
  const metrics::MutexLock lock(mutex_);
  Log& log = logs_.at(partition);
  RecordBatch kept;
  for (Offset i = 0; i < offset; ++i) kept.Append(log.records[i]);
  log.records = std::move(kept);
  log.life.open_id = ++last_id_;
  log.life.end_at_open = offset;
  log.ends_at_open[log.life.open_id] = offset;
  for (auto& [key, committed] : committed_) {
    if (key.second == partition) committed = std::min(committed, offset);
  }
}

void InMemoryBroker::Damage(const TopicPartition& partition, const DamagedRange& damaged) {
  const metrics::MutexLock lock(mutex_);
  logs_.at(partition).damaged = damaged;
}

void InMemoryBroker::Assign(std::vector<TopicPartition> partitions) {
  const metrics::MutexLock lock(mutex_);
  assigned_ = std::move(partitions);
}

std::vector<TopicPartition> InMemoryBroker::owned() const {
  const metrics::MutexLock lock(mutex_);
  return owned_;
}

std::uint64_t InMemoryBroker::heartbeat_commit_sequence() const {
  const metrics::MutexLock lock(mutex_);
  return heartbeat_commit_sequence_;
}

std::size_t InMemoryBroker::calls(BrokerCall call) const {
  const metrics::MutexLock lock(mutex_);
  return script(call).begun;
}

bool InMemoryBroker::WaitForCalls(BrokerCall call, std::size_t count) const {
  const metrics::MutexLock lock(mutex_);
  return changed_.WaitFor(mutex_, std::chrono::seconds(30),
                          [&]() STREAMHOUSE_REQUIRES(mutex_) { return script(call).begun >= count; });
}

std::vector<std::string> InMemoryBroker::Values(const TopicPartition& partition) const {
  const metrics::MutexLock lock(mutex_);
  const RecordBatch& records = logs_.at(partition).records;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < records.size(); ++i) values.emplace_back(records[i].value);
  return values;
}

Compression InMemoryBroker::last_compression() const {
  const metrics::MutexLock lock(mutex_);
  return last_compression_;
}

std::vector<std::size_t> InMemoryBroker::BatchSizes(const TopicPartition& partition) const {
  const metrics::MutexLock lock(mutex_);
  return logs_.at(partition).batch_sizes;
}

Status InMemoryBroker::Begin(BrokerCall call, const CallLimits& limits, const TopicPartition* partition) {
  const std::size_t number = ++script(call).begun;
  changed_.NotifyAll();
  const auto is_free = [&]() STREAMHOUSE_REQUIRES(mutex_) {
    return !script(call).held && (partition == nullptr || !held_partitions_.contains(*partition));
  };
  if (!WaitUntil(limits, is_free)) return CutShort();
  const auto scripted = script(call).failures.find(number);
  return scripted != script(call).failures.end() ? scripted->second : script(call).every_failure;
}

bool InMemoryBroker::WaitUntil(const CallLimits& limits, const std::function<bool()>& condition) {
  return changed_.WaitUntil(mutex_, limits.stop, limits.deadline, condition);
}

LogLife InMemoryBroker::LifeSince(const Log& log, std::uint64_t open_id) {
  LogLife life = log.life;
  if (open_id == 0) return life;
  for (auto later = log.ends_at_open.upper_bound(open_id); later != log.ends_at_open.end(); ++later) {
    life.end_at_open = std::min(life.end_at_open, later->second);
  }
  return life;
}

Result<InMemoryBroker::Log*> InMemoryBroker::FindLog(const TopicPartition& partition, std::uint64_t topic_id) {
  const auto found = logs_.find(partition);
  if (found == logs_.end() || (topic_id != 0 && topic_id != found->second.life.topic_id)) {
    return Status(StatusCode::kNotFound, "no partition " + partition.ToString());
  }
  return &found->second;
}

Result<Offset> InMemoryBroker::Produce(const TopicPartition& partition, const RecordBatch& batch,
                                       const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  const std::size_t number = script(BrokerCall::kProduce).begun + 1;
  if (Status failure = Begin(BrokerCall::kProduce, limits, &partition); !failure.ok()) return failure;
  const Result<Log*> log = FindLog(partition);
  if (!log.ok()) return log.status();
  if (batch.empty()) return Status(StatusCode::kInvalidArgument, "an empty batch");
  last_compression_ = batch.compression();
  const Result<Offset> base_offset = Write(*log.value(), batch);
  changed_.NotifyAll();
  const auto scripted = failures_after_writing_.find(number);
  if (base_offset.ok() && scripted != failures_after_writing_.end()) return scripted->second;
  return base_offset;
}

Result<Offset> InMemoryBroker::Write(Log& log, const RecordBatch& batch) {
  const Offset base_offset = log.records.size();
  if (const BatchIdentity& identity = batch.identity(); identity.producer_id != 0) {
    LastBatch& last = log.last_batches[identity.producer_id];
    if (identity.sequence < last.end_sequence) {
      if (identity.sequence == last.sequence) return last.base_offset;
      return Status(StatusCode::kOutOfRange, "the sequence has been passed");
    }
    last = {
        .end_sequence = identity.sequence + batch.size(), .sequence = identity.sequence, .base_offset = base_offset};
  }
  for (std::size_t i = 0; i < batch.size(); ++i) log.records.Append(batch[i]);
  log.batch_sizes.push_back(batch.size());
  return base_offset;
}

Result<FetchedBatch> InMemoryBroker::Fetch(const FetchRequest& request, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kFetch, limits); !failure.ok()) return failure;
  Result<Log*> found = FindLog(request.partition, request.topic_id);
  if (!found.ok()) return found.status();
  if (const Log& log = *found.value(); request.offset < log.start || request.offset > log.records.size()) {
    return Status(StatusCode::kOutOfRange, "no offset " + std::to_string(request.offset));
  }
  CallLimits wait = limits;
  wait.deadline = std::min(limits.deadline, DeadlineAfter(request.max_wait));
  const bool waits_to_its_deadline = wait.deadline == limits.deadline;
  const bool has_records = WaitUntil(wait, [&]() STREAMHOUSE_REQUIRES(mutex_) {
    found = FindLog(request.partition, request.topic_id);
    return !found.ok() || found.value()->records.size() > request.offset;
  });
  if (!has_records && (waits_to_its_deadline || limits.stop.stop_requested())) return CutShort();
  if (!found.ok()) return found.status();
  const Log& log = *found.value();
  const std::size_t most = request.max_records == 0 ? std::numeric_limits<std::size_t>::max() : request.max_records;
  FetchedBatch fetched = {.base_offset = request.offset,
                          .records = {},
                          .high_watermark = log.records.size(),
                          .life = LifeSince(log, request.open_id)};
  const auto is_damaged = [&log](Offset i) { return log.damaged.first <= i && i < log.damaged.next; };
  if (is_damaged(request.offset)) fetched.damaged = log.damaged;
  for (Offset i = request.offset; i < log.records.size() && fetched.records.size() < most && !is_damaged(i); ++i) {
    fetched.records.Append(log.records[i]);
  }
  return fetched;
}

Result<Watermarks> InMemoryBroker::ReadWatermarks(const WatermarksRequest& request, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kReadWatermarks, limits); !failure.ok()) return failure;
  const Result<Log*> found = FindLog(request.partition);
  if (!found.ok()) return found.status();
  const Log& log = *found.value();
  Watermarks watermarks = {
      .log_start_offset = log.start, .high_watermark = log.records.size(), .life = LifeSince(log, request.open_id)};
  if (request.timestamp_of) {
    const Offset next = std::max(*request.timestamp_of, log.start);
    if (next < log.records.size()) watermarks.timestamp_ms = log.records[next].timestamp_ms;
  }
  return watermarks;
}

Status InMemoryBroker::Commit(const GroupMember& member, const TopicPartition& partition, Offset next,
                              const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  const std::size_t number = script(BrokerCall::kCommit).begun + 1;
  if (Status failure = Begin(BrokerCall::kCommit, limits); !failure.ok()) return failure;
  const Result<Log*> log = FindLog(partition, member.life.topic_id);
  if (!log.ok()) return log.status();
  if (LogPosition{.offset = next, .life = member.life}.In(LifeSince(*log.value(), member.life.open_id)) < next) {
    return {StatusCode::kAborted, "the log was opened again with an end before that"};
  }
  if (member.commit_sequence != 0) {
    std::uint64_t& last = commit_sequences_[{std::string(member.id), partition}];
    if (member.commit_sequence < last) return {StatusCode::kAborted, "a later commit has come first"};
    last = member.commit_sequence;
  }
  committed_[{std::string(member.group), partition}] = next;
  const auto scripted = failures_after_storing_.find(number);
  return scripted == failures_after_storing_.end() ? Status::Ok() : scripted->second;
}

Result<std::optional<Offset>> InMemoryBroker::Committed(std::string_view group, const TopicPartition& partition,
                                                        const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kCommitted, limits); !failure.ok()) return failure;
  const auto found = committed_.find({std::string(group), partition});
  if (found == committed_.end()) return std::optional<Offset>();
  return std::optional<Offset>(found->second);
}

Result<std::vector<TopicPartition>> InMemoryBroker::Heartbeat(const GroupMember& member,
                                                              const GroupHeartbeat& heartbeat,
                                                              const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kHeartbeat, limits); !failure.ok()) return failure;
  owned_ = heartbeat.owned;
  heartbeat_commit_sequence_ = member.commit_sequence;
  if (assigned_) return *assigned_;
  std::vector<TopicPartition> all;
  for (const std::string& topic : heartbeat.topics) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return Status(StatusCode::kNotFound, "no topic " + topic);
    for (std::uint32_t i = 0; i < found->second.partitions; ++i) all.push_back({topic, i});
  }
  return all;
}

Status InMemoryBroker::LeaveGroup(const GroupMember& /*member*/, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  return Begin(BrokerCall::kLeaveGroup, limits);
}

Status InMemoryBroker::CreateTopic(const TopicDescription& topic, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kCreateTopic, limits); !failure.ok()) return failure;
  if (topic.partitions == 0) return {StatusCode::kInvalidArgument, "a topic without partitions"};
  const auto [created, is_new] = topics_.try_emplace(topic.name, topic);
  if (!is_new && created->second.partitions != topic.partitions)
    return {StatusCode::kAlreadyExists, "with another number of partitions"};
  if (is_new) topic_ids_[topic.name] = ++last_id_;
  OpenLogs(topic.name, topic.partitions);
  return Status::Ok();
}

Result<std::vector<TopicDescription>> InMemoryBroker::ListTopics(const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kListTopics, limits); !failure.ok()) return failure;
  std::vector<TopicDescription> all;
  for (const auto& [name, topic] : topics_) all.push_back(topic);
  return all;
}

Status InMemoryBroker::AddPartitions(std::string_view topic, std::uint32_t partitions, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kAddPartitions, limits); !failure.ok()) return failure;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return {StatusCode::kNotFound, "no topic " + std::string(topic)};
  if (partitions <= found->second.partitions) return {StatusCode::kInvalidArgument, "not more partitions than now"};
  found->second.partitions = partitions;
  OpenLogs(topic, partitions);
  return Status::Ok();
}

Result<DeletedTopic> InMemoryBroker::DeleteTopic(std::string_view topic, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kDeleteTopic, limits); !failure.ok()) return failure;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Status(StatusCode::kNotFound, "no topic " + std::string(topic));
  DeletedTopic deleted = {.partitions = found->second.partitions};
  for (const auto& [partition, log] : logs_) {
    if (partition.topic == topic) deleted.records += log.records.size() - log.start;
  }
  topics_.erase(found);
  topic_ids_.erase(topic_ids_.find(topic));
  const auto is_of_topic = [topic](const auto& entry) { return entry.first.second.topic == topic; };
  std::erase_if(logs_, [topic](const auto& entry) { return entry.first.topic == topic; });
  std::erase_if(committed_, is_of_topic);
  std::erase_if(commit_sequences_, is_of_topic);
  changed_.NotifyAll();
  return deleted;
}

Status InMemoryBroker::SetRetention(std::string_view topic, const Retention& retention, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kSetRetention, limits); !failure.ok()) return failure;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return {StatusCode::kNotFound, "no topic " + std::string(topic)};
  found->second.retention = retention;
  return Status::Ok();
}

Result<TopicDescription> InMemoryBroker::DescribeTopic(std::string_view topic, const CallLimits& limits) {
  const metrics::MutexLock lock(mutex_);
  if (Status failure = Begin(BrokerCall::kDescribeTopic, limits); !failure.ok()) return failure;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Status(StatusCode::kNotFound, "no topic " + std::string(topic));
  return found->second;
}

}  // namespace streamhouse::client
