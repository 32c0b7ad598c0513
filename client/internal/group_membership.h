// GroupMembership: keeps a consumer a member of its group, and knows which partitions it may read,
// on a thread of its own.
//
// When to use something else: Consumer; this is its inside.
// Invariants:
// 1. assigned_ is sorted.
// 2. One heartbeat is on its way at a time: that of Join(), then those of thread_. So the session's
//    end never moves back.
// Guarantees:
// 1. assigned() is what the broker has said last.
// 2. assigned() is empty once the broker has not answered for the session timeout. That time counts
//    from before the last answered heartbeat was sent, so that no member reads what another has
//    been given.
// 3. A member that is not polled for max_poll_interval sends no heartbeats until it is polled
//    again, and so loses its partitions.
// 4. A heartbeat that fails is retried at each interval, until the member leaves.
// Thread safety: every method, from any thread.
// Cost: a thread; a call to the broker every heartbeat_interval.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/internal/arrival_signal.h"
#include "client/record.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::client {

struct GroupOptions {
  std::chrono::nanoseconds heartbeat_interval = std::chrono::seconds(1);
  std::chrono::nanoseconds session_timeout = std::chrono::seconds(6);
  std::chrono::nanoseconds max_poll_interval = std::chrono::minutes(5);
};

class GroupMembership {
 public:
  // `changes` is notified when assigned() changes, and outlives the membership. `last_commit` gives
  // the sequence of the last commit that the member has sent; null where it sends none. Join()
  // calls it, and then the thread does, without a lock.
  GroupMembership(std::shared_ptr<Broker> broker, std::string group, std::vector<std::string> topics,
                  const GroupOptions& options, ArrivalSignal& changes,
                  std::function<std::uint64_t()> last_commit = nullptr);
  ~GroupMembership();  // stops; the broker finds out by the session timeout unless Leave() was called
  GroupMembership(const GroupMembership&) = delete;
  GroupMembership& operator=(const GroupMembership&) = delete;

  GroupMember member() const { return {.group = group_, .id = id_}; }

  // Once. Sends the first heartbeat, and others from then on. Fails with the broker's failure, or
  // with kUnavailable where the system has no thread left; then nothing was started.
  Status Join();

  // Sorted.
  std::vector<TopicPartition> assigned() const;

  // What is being read from now on; the broker is told soon. The broker gives a partition that is
  // left out to any member, this one included. So the caller names a partition before its first
  // look at it, and leaves it out only when no commit of it is sent any more.
  void SetOwned(std::vector<TopicPartition> owned);

  // The application lives.
  void NotePoll();

  // What the latest heartbeat failed with, while none has succeeded since; otherwise OK.
  Status failure() const;

  // Stops, and tells the broker; its failure only costs others the session timeout.
  void Leave();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void Run();
  // Makes its call without the lock.
  void Beat() STREAMHOUSE_REQUIRES(mutex_);
  void Stop();

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const std::string group_;
  const std::vector<std::string> topics_;
  const GroupOptions options_;
  const std::string id_;
  ArrivalSignal& changes_;
  const std::function<std::uint64_t()> last_commit_;

  mutable metrics::Mutex mutex_;
  metrics::CondVar changed_;  // tell_soon_, or stop_
  std::vector<TopicPartition> assigned_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::vector<TopicPartition> owned_ STREAMHOUSE_GUARDED_BY(mutex_);
  SteadyTime expires_at_ STREAMHOUSE_GUARDED_BY(mutex_);  // of the session
  SteadyTime polled_at_ STREAMHOUSE_GUARDED_BY(mutex_);
  Status failure_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool tell_soon_ STREAMHOUSE_GUARDED_BY(mutex_) = false;

  std::stop_source stop_;  // any thread
  std::thread thread_;     // of the thread that calls Join() and Leave()
};

}  // namespace streamhouse::client
