// OffsetCommitter: tells the broker what a group has finished with, when asked and, if wanted, by itself every so
// often.
//
// When to use something else: Consumer; this is its inside.
// Guarantees: only offsets passed to Finish() are committed, the latest one of each partition, whether it is higher or
// lower than the one before; one that the broker already has is not sent again. A failed commit loses nothing: the
// offset is sent again with the next one. Commits do not overlap.
// Thread safety: every method, from any thread; no lock that Finish() takes is held during a call to the broker.
// Cost: a call to the broker per partition that has moved; a thread if it commits by itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/consumer_metrics.h"
#include "client/record.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

class OffsetCommitter {
 public:
  struct Target {
    TopicPartition partition;
    std::optional<Offset> committed;  // as far as the broker is known to have it
    ConsumerPartitionMetrics metrics;
  };

  // Sets the gauges of what is already committed.
  OffsetCommitter(std::shared_ptr<Broker> broker, std::string group, std::vector<Target> targets,
                  std::chrono::nanoseconds request_timeout);
  ~OffsetCommitter();  // Stop()
  OffsetCommitter(const OffsetCommitter&) = delete;
  OffsetCommitter& operator=(const OffsetCommitter&) = delete;

  // From now on, commits every `interval` until Stop(). Once.
  void CommitEvery(std::chrono::nanoseconds interval);

  // The group is done with everything before `next` in the target with that index.
  void Finish(std::size_t target, Offset next);

  // Commits what is finished now. The first failure; other partitions are committed nevertheless.
  Status CommitFinished();

  // What the latest commit failed with, while none has succeeded since; otherwise OK.
  Status failure() const;

  // Ends the commits of its own, cutting one short; CommitFinished() still works.
  void Stop();

 private:
  struct Progress {
    std::optional<Offset> finished;
    std::optional<Offset> committed;
  };

  void Run(std::chrono::nanoseconds interval);
  Status Commit(const std::stop_token& stop);
  Status CommitOne(std::size_t target, const CallLimits& limits);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const std::string group_;
  const std::vector<Target> targets_;
  const std::chrono::nanoseconds request_timeout_;

  std::mutex commit_mutex_;  // one commit at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::vector<Progress> progress_;  // guarded by mutex_
  Status failure_;                  // guarded by mutex_

  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace streamhouse::client
