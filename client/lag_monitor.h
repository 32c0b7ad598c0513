// LagMonitor: keeps the lag gauges of a consumer's partitions fresh, on a thread of its own.
//
//   lag_records = high watermark - position, at least 0
//   lag_seconds = now - timestamp of the next unread record, 0 without one
//
// The first refresh starts at once, further ones `interval` after the one before has ended, whether or not the
// application polls.
// When to use something else: Consumer::Lag(), for the lag of one partition right now.
// Guarantees: no lock is held during a call to the broker, so that neither Poll() nor Lag() ever waits for a refresh. A
// partition that cannot be asked keeps its last values until it can. Timestamps are the producer's: lag_seconds is as
// true as the two wall clocks agree.
// Thread safety: Stop() from any one thread.
// Cost: a thread; one call to the broker per partition and refresh.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/consumer_metrics.h"
#include "client/record.h"

namespace streamhouse::client {

// How many records are unread; a position past the high watermark, as after a truncation, has none.
constexpr Offset LagRecords(Offset high_watermark, Offset position) {
  return high_watermark > position ? high_watermark - position : 0;
}

// The age of the next unread record, in seconds; a timestamp from the future has none.
double LagSeconds(std::int64_t next_unread_ms, std::int64_t now_ms);

class LagMonitor {
 public:
  struct Target {
    TopicPartition partition;
    std::function<Offset()> position;
    ConsumerPartitionMetrics metrics;
  };

  struct Options {
    std::chrono::nanoseconds interval = std::chrono::seconds(30);
    std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);
    std::function<std::int64_t()> now_ms;  // since the Unix epoch; the system's clock unless set
  };

  LagMonitor(std::shared_ptr<Broker> broker, Options options);
  ~LagMonitor();  // Stop()
  LagMonitor(const LagMonitor&) = delete;
  LagMonitor& operator=(const LagMonitor&) = delete;

  // Takes care of one more partition, and refreshes soon.
  void Add(Target target);

  // Forgets a partition; no gauge of it is set afterwards.
  void Remove(const TopicPartition& partition);

  // Cuts a refresh short and waits for the thread; no gauge is set afterwards.
  void Stop();

 private:
  void Run();
  std::vector<Target> Targets();
  void Refresh(const Target& target);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const Options options_;

  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;  // refresh_soon_, or stop_
  // Guarded by mutex_.
  std::map<TopicPartition, Target> targets_;
  bool refresh_soon_ = false;

  std::thread thread_;
};

}  // namespace streamhouse::client
