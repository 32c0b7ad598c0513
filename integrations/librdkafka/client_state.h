// ClientState: what the documents of one instance of a client have said.
//
// When to use something else: StatisticsMetrics (statistics_metrics.h) has the states of all
// clients, and their families.
// Guarantees:
// 1. Counters get what totals have grown by, so that they go on when a client is made again.
// 2. Windows of each document are added, in any order. Totals and gauges are those of the newest
//    document, by `ts`.
// 3. An entry of a broker keeps its totals when librdkafka renames it, as from
//    "HOST:PORT/bootstrap" to "HOST:PORT/1".
// 4. Partitions, brokers and topics that the newest document lacks have no gauge.
// 5. A lag is exact only where the end of the log is of a fetch after the last moment at which the
//    partition may not have been fetched. These are:
//    - a document in which it is paused, full, not assigned or not active, or in which the group
//      waits for the program to assign;
//    - a document in which its broker is silent or down, has been connected again, or is another;
//    - a rebalance, and the end of a pause.
//    RefetchMilliseconds() must have passed since. Example: 4 s after Resume() by default.
// 6. A document from before the last rebalance gives no positions.
// May be wrong: a partition that a program without a rebalance callback takes away and assigns
// again by assign(), between two documents, looks as if it had stayed.
// Thread safety: one thread at a time.
// Cost: a look-up for each counter of a broker and a topic, and one for each partition.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "integrations/librdkafka/growth.h"
#include "integrations/librdkafka/lag_rule.h"
#include "integrations/librdkafka/statistics.h"
#include "integrations/librdkafka/summaries.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::librdkafka {

// Settings of a client that its lags depend on.
struct ClientSettings {
  std::string group = {};
  Isolation isolation = Isolation::kReadCommitted;
  std::int64_t fetch_wait_milliseconds = 500;
  std::int64_t statistics_interval_milliseconds = 1000;
  std::int64_t queued_records = 100'000;   // queued.min.messages
  std::int64_t queued_kilobytes = 65'536;  // queued.max.messages.kbytes
  // fetch.queue.backoff.ms. Releases without this setting back off for the same time.
  std::int64_t queue_backoff_milliseconds = 1000;
};

// The gauges of a client are hidden when its newest document is older than kStatisticsIntervals
// intervals plus kStatisticsSlack.
inline constexpr std::int64_t kStatisticsIntervals = 3;
inline constexpr std::chrono::milliseconds kStatisticsSlack{2000};

// A fetch is old when the broker's last response is older than fetch.wait.max.ms plus this.
inline constexpr std::int64_t kFetchSlackMilliseconds = 2000;

// Upper bound of the time until a partition that can be fetched again has been fetched. The queue
// backs off, a request is under way without the partition, and the next request has it.
inline std::int64_t RefetchMilliseconds(const ClientSettings& settings) {
  return settings.queue_backoff_milliseconds + 2 * settings.fetch_wait_milliseconds + kFetchSlackMilliseconds;
}

// The counters and summaries that documents add to.
struct StatisticsCounters {
  metrics::Status Register(metrics::Registry& registry);

  metrics::Family<metrics::Counter> documents;
  metrics::Family<metrics::Counter> broker_requests;
  // In the order of kBrokerTotals in client_state.cc.
  std::array<metrics::Family<metrics::Counter>, 7> broker_totals;
  metrics::Family<metrics::Counter> records_transmitted;
  metrics::Family<metrics::Counter> bytes_transmitted;
  metrics::Family<metrics::Counter> records_fetched;
  metrics::Family<metrics::Counter> bytes_fetched;
  metrics::Family<metrics::Counter> records_outdated;
  metrics::Family<metrics::Counter> assignment_changes;
  Summaries<2> queue_seconds;
  Summaries<2> round_trip_seconds;
  Summaries<2> output_queue_seconds;
  Summaries<2> throttle_seconds;
  Summaries<1> batch_records;
  Summaries<1> batch_bytes;
};

// Gauges of a partition that the client has.
struct PartitionGauges {
  std::string topic = {};
  std::string partition = {};
  Lag lag = {};
  std::optional<std::int64_t> position = {};
  std::optional<std::int64_t> committed = {};
};

class ClientState {
 public:
  explicit ClientState(ClientSettings settings) : settings_(std::move(settings)) {}

  // Throws std::bad_alloc. The counters then miss windows of the document. The next document counts
  // what the totals have grown by. Until then IsYoung() is false, and ends of logs are old.
  void Take(const Statistics& statistics, StatisticsCounters& counters);

  // A partition that is paused has no lag: what librdkafka knows of its end stays as it was. A
  // pause outlives a revocation, as it does in librdkafka. `now` is of the clock of `ts`.
  // They throw std::bad_alloc. After Pause() has thrown, no partition of the client has a lag
  // again.
  void Pause(std::string_view topic, std::int32_t partition);
  void Resume(std::string_view topic, std::int32_t partition, std::int64_t now);
  // At a rebalance: no partition has a lag or a position until a document of `now` or later, and
  // ends of logs are old. `now` is of the clock of `ts`.
  void ForgetPositions(std::int64_t now);

  // Whether the newest document was taken to its end, and is young enough for its gauges to be
  // shown.
  bool IsYoung(std::int64_t now_seconds) const;

  const ClientSettings& settings() const { return settings_; }
  // Its lists of brokers and topics are empty.
  const Statistics& newest() const { return newest_; }
  const std::vector<PartitionGauges>& partitions() const { return partitions_; }
  // Open connections by broker.
  const std::map<std::string, int>& connections() const { return connections_; }

 private:
  struct BrokerTotals {
    std::string nodename;
    std::int64_t nodeid = -1;
    bool is_logical = false;
    std::array<Growth, 7> totals;
    std::array<Growth, kRequests.size() + 1> requests;
    std::uint64_t document = 0;  // the last one that had it
  };
  struct PartitionTotals {
    std::array<Growth, 5> totals;
    PositionTracker tracker;
    std::int64_t broker = -1;  // in the last document
    bool has_end = false;      // in the last document
    // The last moment at which the partition may not have been fetched, by the clock of `ts`.
    // Empty where the end of its log is known to be younger.
    std::optional<std::int64_t> unfetched = {};
    std::uint64_t document = 0;  // the last one that had it
  };
  using TopicTotals = std::unordered_map<std::int64_t, PartitionTotals>;

  void TakeWindows(const Statistics& statistics, StatisticsCounters& counters) const;
  void TakeNewest(const Statistics& statistics, const StatisticsCounters& counters);
  void TakeBrokers(const Statistics& statistics, const StatisticsCounters& counters);
  void TakeTopics(const Statistics& statistics, const StatisticsCounters& counters);
  void TakePartition(const Statistics& statistics, const TopicStatistics& topic, const PartitionStatistics& partition,
                     PartitionTotals& totals);
  bool IsFull(const PartitionStatistics& partition) const;
  bool IsPaused(const TopicStatistics& topic, const PartitionStatistics& partition) const;
  // Whether the document shows that the broker answers fetches of the partition.
  bool IsFetched(const Statistics& statistics, const TopicStatistics& topic,
                 const PartitionStatistics& partition) const;
  // Keeps in `totals` until when the partition may not have been fetched.
  void NoteFetch(const Statistics& statistics, const TopicStatistics& topic, const PartitionStatistics& partition,
                 PartitionTotals& totals);
  void TakeFetches(const Statistics& statistics);
  BrokerTotals& TotalsOf(const BrokerStatistics& broker, const std::set<std::string_view>& names);

  const ClientSettings settings_;
  Statistics newest_;
  std::uint64_t document_ = 0;
  bool is_cut_ = false;                          // no memory for the newest document: its end is missing
  bool is_after_cut_ = false;                    // no memory for the document before the newest one
  std::map<std::string, BrokerTotals> brokers_;  // by name
  std::map<std::string, TopicTotals> topics_;
  Growth rebalances_;
  bool is_rebalanced_ = false;                 // since the document before the newest one
  std::optional<std::int64_t> rebalanced_;     // when ForgetPositions() was called
  std::map<std::int64_t, Fetch> fetches_;      // by the number of the broker
  std::map<std::int64_t, Growth> reconnects_;  // by the number of the broker
  std::set<std::pair<std::string, std::int64_t>> paused_;
  bool has_lost_pause_ = false;  // no memory to keep it
  // When a pause ended, by partition, until the next document has the partition.
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> resumed_;
  std::map<std::string, int> connections_;
  std::vector<PartitionGauges> partitions_;
};

}  // namespace streamhouse::librdkafka
