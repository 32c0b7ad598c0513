// Broker: the one interface between the client and the system that keeps the records.
//
// When to use something else: Producer and Consumer, to send and read; a Broker is what they are
// given. Tests use client/testing/in_memory_broker.h.
// Invariants of every implementation:
// 1. The records of a partition have consecutive offsets from 0. A record keeps its offset, until
//    retention removes it or the log loses its end (log_life.h).
// 2. log_start_offset <= high_watermark. A Fetch gives records from the one to the other alone.
// 3. Partitions of a topic are numbered from 0, and never become fewer.
// Guarantees of every implementation:
// 1. A call returns by its deadline, or soon after its stop token is triggered; no call waits
//    without an end.
// 2. Produce appends the whole batch, in order and without gaps, or nothing. Its failures say which
//    of three happened (retry_policy.h builds on this):
//     kUnavailable, kFailedPrecondition, kNotFound, kAborted   nothing was written; another attempt may succeed
//     kDeadlineExceeded, kInternal, kDataLoss                  unknown: it may have been written, now or later
//     any other code                                           refused; another attempt would be refused as well
// 3. A batch with an identity (record_batch.h) is not written again by another attempt: that one
//    returns the offset of the first. This holds for the last batch that its producer has written
//    in the partition; one before it is refused.
// 4. An implementation that routes by partition forgets the route on kFailedPrecondition and
//    kNotFound, so that the next attempt looks it up again.
// 5. An error of the transport never surfaces as an exception or as a type of the transport.
// Thread safety: every method, from any thread, at the same time.
// Cost: a call blocks its thread for a round trip.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/log_life.h"
#include "client/record.h"
#include "client/record_batch.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// `timeout` from now; a timeout past the end of the clock means its end.
inline std::chrono::steady_clock::time_point DeadlineAfter(std::chrono::nanoseconds timeout) {
  const auto now = std::chrono::steady_clock::now();
  const auto rest = std::chrono::steady_clock::time_point::max() - now;
  return timeout < rest ? now + timeout : std::chrono::steady_clock::time_point::max();
}

// How long a call may block, and the caller's way to cut it short. A call that is cut short fails
// with kDeadlineExceeded, or with kUnavailable where it had not been sent yet.
struct CallLimits {
  std::chrono::steady_clock::time_point deadline;
  std::stop_token stop = {};

  static CallLimits Within(std::chrono::nanoseconds timeout, std::stop_token stop = {}) {
    return {.deadline = DeadlineAfter(timeout), .stop = std::move(stop)};
  }
};

struct FetchRequest {
  TopicPartition partition;
  Offset offset = 0;              // the first offset wanted
  std::uint32_t max_records = 0;  // 0 stands for the broker's own limit
  // How long to wait for the first record when there is none yet; the broker may cap it.
  std::chrono::milliseconds max_wait{0};
  std::uint64_t topic_id = 0;  // of the life of the topic that is meant; 0: any
  std::uint64_t open_id = 0;   // of the life of the log that `offset` counts in; 0: not known
};

struct WatermarksRequest {
  TopicPartition partition;
  std::optional<Offset> timestamp_of = {};
  std::uint64_t open_id = 0;  // as in FetchRequest
};

// Records that cannot be read any more.
struct DamagedRange {
  Offset first = 0;  // the first offset that is lost
  Offset next = 0;   // the first offset after it that can be read
};

struct FetchedBatch {
  Offset base_offset = 0;  // of records[0]; the others follow without gaps
  RecordBatch records;     // empty when there was nothing to read within max_wait
  Offset high_watermark = 0;
  LogLife life = {};
  // What stands at the offset that was asked for, in place of records.
  std::optional<DamagedRange> damaged = {};
};

struct Watermarks {
  Offset log_start_offset = 0;
  Offset high_watermark = 0;  // the offset after the last record
  // Of the first record at or after the requested offset, when there is one.
  std::optional<std::int64_t> timestamp_ms = {};
  LogLife life = {};
};

// How long the records of a topic are kept at least; 0: without limit.
struct Retention {
  std::chrono::milliseconds age_max{0};  // since the records were appended
  std::uint64_t bytes_max = 0;           // of one partition

  friend bool operator==(const Retention&, const Retention&) = default;
};

struct TopicDescription {
  std::string name = {};
  std::uint32_t partitions = 0;
  Retention retention = {};
  std::string not_served = {};  // why the broker cannot serve it now; empty when it does
  bool adopts_logs = false;     // CreateTopic takes over the logs that an agent has of this name without a topic
};

// What went with a topic.
struct DeletedTopic {
  std::uint32_t partitions = 0;
  std::uint64_t records = 0;
};

// Who commits, or reads on behalf of a group.
struct GroupMember {
  std::string_view group;
  std::string_view id = {};  // empty: any member; the broker does not check which member has the partition
  // Of a commit: higher than in every one before it, or 0. Of a heartbeat: that of the last commit
  // that the member has sent. See Commit.
  std::uint64_t commit_sequence = 0;
  // Of a commit: the log that the offset counts in.
  LogLife life = {};
};

// What a member of a group says of itself.
struct GroupHeartbeat {
  const std::vector<std::string>& topics;
  const std::vector<TopicPartition>& owned;  // what it reads at present, or is about to
  std::chrono::nanoseconds session_timeout;  // how long it may be silent
};

class Broker {
 public:
  virtual ~Broker() = default;

  // The offset of the first record. The batch has at least one.
  virtual Result<Offset> Produce(const TopicPartition& partition, const RecordBatch& batch,
                                 const CallLimits& limits) = 0;

  // Waits for the first record. kOutOfRange: an offset before the start of the log or beyond its
  // end. kNotFound: no such topic, also when it has another topic_id than the request.
  virtual Result<FetchedBatch> Fetch(const FetchRequest& request, const CallLimits& limits) = 0;

  // With `timestamp_of`, also the timestamp of the first record at or after that offset, when
  // there is one.
  virtual Result<Watermarks> ReadWatermarks(const WatermarksRequest& request, const CallLimits& limits) = 0;
  Result<Watermarks> ReadWatermarks(const TopicPartition& partition, std::optional<Offset> timestamp_of,
                                    const CallLimits& limits) {
    return ReadWatermarks({.partition = partition, .timestamp_of = timestamp_of}, limits);
  }

  // `next` is the offset of the next record to read, not of the last one read. It may be lower than
  // before. A commit that was cut short, and arrives late, never replaces a later one.
  // kAborted:
  // - the partition is not that member's;
  // - a commit with a higher sequence has come first;
  // - the member was given the partition since, by a heartbeat with that sequence or a higher one;
  // - the log was opened since with an end before `next`.
  // kNotFound: a topic of another life than the member's.
  virtual Status Commit(const GroupMember& member, const TopicPartition& partition, Offset next,
                        const CallLimits& limits) = 0;

  // Nothing when the group has never committed here.
  virtual Result<std::optional<Offset>> Committed(std::string_view group, const TopicPartition& partition,
                                                  const CallLimits& limits) = 0;

  // The member lives, and has joined if it had not. What it may read from now on; what it owns and
  // is not there, it has to let go, and say so by its next heartbeat.
  virtual Result<std::vector<TopicPartition>> Heartbeat(const GroupMember& member, const GroupHeartbeat& heartbeat,
                                                        const CallLimits& limits) = 0;

  // What the member had is free at once.
  virtual Status LeaveGroup(const GroupMember& member, const CallLimits& limits) = 0;

  // Succeeds when the topic exists with the same number of partitions, and leaves its retention as
  // it is; kAlreadyExists with another number.
  virtual Status CreateTopic(const TopicDescription& topic, const CallLimits& limits) = 0;
  Status CreateTopic(std::string_view topic, std::uint32_t partitions, const CallLimits& limits) {
    return CreateTopic({.name = std::string(topic), .partitions = partitions}, limits);
  }

  // kNotFound when there is no such topic.
  virtual Result<TopicDescription> DescribeTopic(std::string_view topic, const CallLimits& limits) = 0;

  // In the order of their names.
  virtual Result<std::vector<TopicDescription>> ListTopics(const CallLimits& limits) = 0;

  // The topic has `partitions` afterwards. kInvalidArgument unless these are more than now.
  virtual Status AddPartitions(std::string_view topic, std::uint32_t partitions, const CallLimits& limits) = 0;

  // Its records and commits end with it. kNotFound when there is no such topic.
  virtual Result<DeletedTopic> DeleteTopic(std::string_view topic, const CallLimits& limits) = 0;

  // Takes effect when the broker looks the next time. kNotFound when there is no such topic.
  virtual Status SetRetention(std::string_view topic, const Retention& retention, const CallLimits& limits) = 0;
};

}  // namespace streamhouse::client
