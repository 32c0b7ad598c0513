// LagMonitor: keeps the lag gauges of a consumer's partitions fresh, on a thread of its own.
//
//   lag_records = high watermark - position, where a position outside of the log counts as its nearer end
//   lag_seconds = now - timestamp of the next unread record, 0 without one
//
// The first refresh comes with Start(), further ones `interval` after the one before has ended,
// whether or not the application polls. After a refresh that failed in part, the next one comes
// after at most kLagRetryInterval.
// When to use something else: Consumer::Lag(), for the lag of one partition right now.
// Guarantees:
// 1. No lock is held during a call to the broker, so that neither Poll() nor Lag() ever waits for a
//    refresh.
// 2. A gauge never shows an old value: while a partition cannot be asked, its two gauges are off
//    the page.
// 3. Timestamps are the producer's: lag_seconds is as true as the two wall clocks agree.
// Thread safety: Start() and Stop() from one thread.
// Cost: a thread; one call to the broker per partition and refresh.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "client/broker.h"
#include "client/consumer_metrics.h"
#include "client/log_life.h"
#include "client/record.h"
#include "metrics_core/mutex.h"

namespace streamhouse::client {

inline constexpr std::chrono::seconds kLagRetryInterval{1};

// How many records can be read and were not read yet, in a log that holds [log_start_offset,
// high_watermark). Example: 4 when the position is 3 and the log holds [6, 10).
inline Offset LagRecords(Offset position, Offset log_start_offset, Offset high_watermark) {
  const Offset next = std::max(position, log_start_offset);
  return high_watermark > next ? high_watermark - next : 0;
}

// The same; `log` is the response to a call that named the open_id of `position`.
inline Offset LagRecords(const Watermarks& log, const LogPosition& position) {
  return LagRecords(position.In(log.life), log.log_start_offset, log.high_watermark);
}

// Why there is no lag when LogLife::IsOfAnotherTopic().
Status ReadsAnotherTopic(const TopicPartition& partition);

// The age of the next unread record, in seconds; a timestamp from the future has none.
double LagSeconds(std::int64_t next_unread_ms, std::int64_t now_ms);

class LagMonitor {
 public:
  struct MonitoredPartition {
    TopicPartition partition;
    std::function<LogPosition()> position;
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

  // Once. kUnavailable where the system has no thread left.
  Status Start();

  // Takes care of one more partition, and refreshes soon.
  void Add(MonitoredPartition monitored);

  // Forgets a partition; no gauge of it is set afterwards.
  void Remove(const TopicPartition& partition);

  // Cuts a refresh short and waits for the thread; no gauge is set afterwards.
  void Stop();

 private:
  void Run();
  std::vector<MonitoredPartition> Monitored();
  Status Refresh(const MonitoredPartition& monitored);
  void Publish(const MonitoredPartition& monitored, const LogPosition& position, const Result<Watermarks>& log);

  // Immutable after construction.
  const std::shared_ptr<Broker> broker_;
  const Options options_;

  metrics::Mutex mutex_;
  metrics::CondVar changed_;  // refresh_soon_, or stop_
  std::map<TopicPartition, MonitoredPartition> monitored_ STREAMHOUSE_GUARDED_BY(mutex_);
  bool refresh_soon_ STREAMHOUSE_GUARDED_BY(mutex_) = false;

  std::stop_source stop_;  // any thread
  std::thread thread_;     // of the thread that calls Start() and Stop()
};

}  // namespace streamhouse::client
