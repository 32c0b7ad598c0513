// InMemoryBroker: a Broker in this process that keeps everything, and fails or stalls where a test
// says so.
//
// When to use something else: client/agent_broker, for records that outlive the process.
// Guarantees:
// 1. Those of Broker, except that groups have no coordinator: every member is given what Assign()
//    says.
// 2. A call is counted when it begins.
// 3. FailCall(op, n, status): the nth call of that kind from now on (1: the next) fails, and
//    changes nothing. Of several FailCall for the same call, the last one counts.
// 4. FailAfterWriting(n, status): the nth Produce from now on fails although the batch has been
//    written, now or before.
// 5. FailAfterStoring(n, status): the nth Commit from now on fails although its offset has been
//    stored.
// 6. FailEvery(op, status): all calls of that kind fail until it is set to OK again.
// 7. Hold(op) and Release(op): calls of that kind wait until released, their deadline or their stop
//    token. Hold(partition) and Release(partition) do so for Produce to one partition.
// 8. A call that was held meets the faults that are set when the hold ends.
// Thread safety: every method, from any thread.
// Cost: one lock; memory for every record ever written.
//
//   auto broker = std::make_shared<InMemoryBroker>();
//   broker->FailCall(BrokerCall::kProduce, 1, Status(StatusCode::kUnavailable, "agent restarts"));
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/broker.h"
#include "client/compression.h"
#include "client/log_life.h"
#include "client/record.h"
#include "client/record_batch.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

enum class BrokerCall : std::uint8_t {
  kProduce,
  kFetch,
  kReadWatermarks,
  kCommit,
  kCommitted,
  kHeartbeat,
  kLeaveGroup,
  kCreateTopic,
  kDescribeTopic,
  kListTopics,
  kSetRetention,
  kAddPartitions,
  kDeleteTopic,
  kEnd,  // no call: it stands behind the last
};
inline constexpr auto kBrokerCalls = static_cast<std::size_t>(BrokerCall::kEnd);

class InMemoryBroker : public Broker {
 public:
  // Scripts.
  void FailCall(BrokerCall call, std::size_t nth, Status failure);
  void FailAfterWriting(std::size_t nth_produce, Status failure);
  void FailAfterStoring(std::size_t nth_commit, Status failure);
  void FailEvery(BrokerCall call, Status failure);
  void Hold(BrokerCall call);
  void Release(BrokerCall call);
  void Hold(const TopicPartition& partition);
  void Release(const TopicPartition& partition);

  // Forgets the records before `offset`, as retention would.
  void TrimBefore(const TopicPartition& partition, Offset offset);

  // Forgets the records from `offset` on, lowers commits behind it, and opens the log again, as a
  // broker that restarts after a power cut.
  void CutAt(const TopicPartition& partition, Offset offset);

  // These records cannot be read from now on. Once a partition.
  void Damage(const TopicPartition& partition, const DamagedRange& damaged);

  // What members of groups are given from now on, instead of all partitions of their topics.
  void Assign(std::vector<TopicPartition> partitions);

  // Observations.
  // What the last heartbeat said that it reads.
  std::vector<TopicPartition> owned() const;
  // What it said of the member's commits.
  std::uint64_t heartbeat_commit_sequence() const;
  std::size_t calls(BrokerCall call) const;
  // Waits until that many calls of the kind have begun; false if they have not within 30 seconds.
  bool WaitForCalls(BrokerCall call, std::size_t count) const;
  // The values of a partition's records, in order.
  std::vector<std::string> Values(const TopicPartition& partition) const;
  // What the last Produce asked for; here, it changes nothing.
  Compression last_compression() const;
  // How many records each Produce brought that was written to the partition.
  std::vector<std::size_t> BatchSizes(const TopicPartition& partition) const;

  Result<Offset> Produce(const TopicPartition& partition, const RecordBatch& batch, const CallLimits& limits) override;
  Result<FetchedBatch> Fetch(const FetchRequest& request, const CallLimits& limits) override;
  using Broker::ReadWatermarks;
  Result<Watermarks> ReadWatermarks(const WatermarksRequest& request, const CallLimits& limits) override;
  Status Commit(const GroupMember& member, const TopicPartition& partition, Offset next,
                const CallLimits& limits) override;
  Result<std::optional<Offset>> Committed(std::string_view group, const TopicPartition& partition,
                                          const CallLimits& limits) override;
  Result<std::vector<TopicPartition>> Heartbeat(const GroupMember& member, const GroupHeartbeat& heartbeat,
                                                const CallLimits& limits) override;
  Status LeaveGroup(const GroupMember& member, const CallLimits& limits) override;
  using Broker::CreateTopic;
  Status CreateTopic(const TopicDescription& topic, const CallLimits& limits) override;
  Result<TopicDescription> DescribeTopic(std::string_view topic, const CallLimits& limits) override;
  Result<std::vector<TopicDescription>> ListTopics(const CallLimits& limits) override;
  Status AddPartitions(std::string_view topic, std::uint32_t partitions, const CallLimits& limits) override;
  // A topic that is created under the name afterwards is another one.
  Result<DeletedTopic> DeleteTopic(std::string_view topic, const CallLimits& limits) override;
  // Remembers it, and removes nothing; TrimBefore() does.
  Status SetRetention(std::string_view topic, const Retention& retention, const CallLimits& limits) override;

 private:
  struct LastBatch {
    std::uint64_t end_sequence = 0;
    std::uint64_t sequence = 0;
    Offset base_offset = 0;
  };

  struct Log {
    RecordBatch records;  // from offset 0 on; those before `start` are forgotten
    Offset start = 0;
    LogLife life = {};
    std::map<std::uint64_t, Offset> ends_at_open = {};  // by open_id
    DamagedRange damaged = {};                          // empty: none
    std::vector<std::size_t> batch_sizes;
    std::map<std::uint64_t, LastBatch> last_batches;  // by the id of the producer
  };

  // What may befall one kind of call.
  struct Script {
    std::size_t begun = 0;
    bool held = false;
    std::map<std::size_t, Status> failures;  // by the number of the call, 1 is the first
    Status every_failure;
  };

  Script& script(BrokerCall call) STREAMHOUSE_REQUIRES(mutex_) { return scripts_[static_cast<std::size_t>(call)]; }
  const Script& script(BrokerCall call) const STREAMHOUSE_REQUIRES(mutex_) {
    return scripts_[static_cast<std::size_t>(call)];
  }

  // Counts the call, waits while it is held, and gives the failure that is scripted for it.
  Status Begin(BrokerCall call, const CallLimits& limits, const TopicPartition* partition = nullptr)
      STREAMHOUSE_REQUIRES(mutex_);
  bool WaitUntil(const CallLimits& limits, const std::function<bool()>& condition) STREAMHOUSE_REQUIRES(mutex_);
  // The offset of the first record, also of a batch that was there.
  static Result<Offset> Write(Log& log, const RecordBatch& batch);
  // As a response to a call that names `open_id`.
  static LogLife LifeSince(const Log& log, std::uint64_t open_id);
  Result<Log*> FindLog(const TopicPartition& partition, std::uint64_t topic_id = 0) STREAMHOUSE_REQUIRES(mutex_);
  void OpenLogs(std::string_view topic, std::uint32_t partitions) STREAMHOUSE_REQUIRES(mutex_);

  mutable metrics::Mutex mutex_;
  mutable metrics::CondVar changed_;  // anything below
  std::array<Script, kBrokerCalls> scripts_ STREAMHOUSE_GUARDED_BY(mutex_);
  // By the number of the Produce, and of the Commit.
  std::map<std::size_t, Status> failures_after_writing_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::map<std::size_t, Status> failures_after_storing_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::set<TopicPartition> held_partitions_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::map<std::string, TopicDescription, std::less<>> topics_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t, std::less<>> topic_ids_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t last_id_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;  // of topics and of openings of logs
  std::map<TopicPartition, Log> logs_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, TopicPartition>, Offset> committed_ STREAMHOUSE_GUARDED_BY(mutex_);
  // The highest, by member.
  std::map<std::pair<std::string, TopicPartition>, std::uint64_t> commit_sequences_ STREAMHOUSE_GUARDED_BY(mutex_);
  Compression last_compression_ STREAMHOUSE_GUARDED_BY(mutex_) = Compression::kNone;
  std::optional<std::vector<TopicPartition>> assigned_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::vector<TopicPartition> owned_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::uint64_t heartbeat_commit_sequence_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::client
