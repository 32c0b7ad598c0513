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
//    - the first document after an obstacle. The partition is full, not assigned or not active. Its
//      group waits for the program to assign. Or its broker is silent or down.
//    - A document in which its broker has been connected again, or is another.
//    - A document after a lost one.
//    - A rebalance, and the end of a pause.
//    RefetchTime() must have passed since. Example: 6.5 s after Resume() by default.
// 6. A document from before the last rebalance gives no positions.
// May be wrong:
// - A partition that a program without a rebalance callback takes away and assigns again by
//   assign(), between two documents, looks as if it had stayed.
// - A broker that is silent for longer than `fetch_wait` and kFetchSlack between two documents, and
//   in neither of them, looks as if it had answered.
// - A queue that was full between two documents, and in neither of them, looks as if its partition
//   had been fetched all the time.
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
#include "integrations/librdkafka/position_tracker.h"
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
  std::chrono::milliseconds fetch_wait{500};            // fetch.wait.max.ms
  std::chrono::milliseconds statistics_interval{1000};  // statistics.interval.ms
  std::int64_t queued_records = 100'000;                // queued.min.messages
  std::int64_t queued_kilobytes = 65'536;               // queued.max.messages.kbytes
  // fetch.queue.backoff.ms. Releases without this setting back off for the same time.
  std::chrono::milliseconds queue_backoff{1000};
  std::chrono::milliseconds error_backoff{500};  // fetch.error.backoff.ms
};

// Since the origin of CLOCK_MONOTONIC, as `ts` of a document.
using MonotonicTime = std::chrono::microseconds;

// The gauges of a client are hidden when its newest document is older than kStatisticsIntervals
// intervals plus kStatisticsSlack.
inline constexpr std::int64_t kStatisticsIntervals = 3;
inline constexpr std::chrono::milliseconds kStatisticsSlack{2000};

// A fetch is old when the broker's last response is older than fetch.wait.max.ms plus this.
inline constexpr std::chrono::milliseconds kFetchSlack{2000};

// Upper bound of the time that the broker takes for a fetch; it is silent when it takes longer.
inline std::chrono::milliseconds FetchTime(const ClientSettings& settings) {
  return settings.fetch_wait + kFetchSlack;
}

// Upper bound of the time until a partition that can be fetched again has been fetched. The queue
// backs off. A request without the partition is under way: it is answered, or it fails and the
// broker backs off. The next request has the partition: it is answered as well.
inline std::chrono::milliseconds RefetchTime(const ClientSettings& settings) {
  return settings.queue_backoff + settings.error_backoff + 2 * FetchTime(settings);
}

// Totals of a broker that are counters: kBrokerTotals in client_state.cc.
inline constexpr std::size_t kBrokerTotalCount = 7;

// The counters and summaries that documents add to.
struct StatisticsCounters {
  metrics::Status Register(metrics::Registry& registry);

  metrics::Family<metrics::Counter> documents;
  metrics::Family<metrics::Counter> broker_requests;
  // In the order of kBrokerTotals in client_state.cc.
  std::array<metrics::Family<metrics::Counter>, kBrokerTotalCount> broker_totals;
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

  // Throws std::bad_alloc; NoteLostDocument() follows. No window of the document was added then,
  // and totals may have been: the program may give the document again. The next document counts
  // what the totals have grown by. If totals were added, IsYoung() is false until then.
  void Take(const Statistics& statistics, StatisticsCounters& counters);
  // A document of the client was not taken: ends of logs are old in the next one.
  void NoteLostDocument() { has_gap_ = true; }

  // A partition that is paused has no lag: what librdkafka knows of its end stays as it was. A
  // pause outlives a revocation, as it does in librdkafka.
  // They throw std::bad_alloc, and have changed no pause then: NoteLostPause() follows Pause().
  void Pause(std::string_view topic, std::int32_t partition);
  void Resume(std::string_view topic, std::int32_t partition, MonotonicTime now);
  // A pause is not known: from the next document on, no partition of the client has a lag.
  void NoteLostPause() { has_lost_pause_ = true; }
  // At a rebalance: no partition has a lag or a position until a document of `now` or later, and
  // ends of logs are old.
  void ForgetPositions(MonotonicTime now);

  // Whether the newest document was taken to its end, and is young enough for its gauges to be
  // shown. `now` is since the Unix epoch.
  bool IsYoung(std::chrono::seconds now) const;

  const ClientSettings& settings() const { return settings_; }
  // Its lists of brokers and topics are empty.
  const Statistics& newest() const { return newest_; }
  const std::vector<PartitionGauges>& partitions() const { return partitions_; }
  // Open connections by broker.
  const std::map<std::string, int>& connections() const { return connections_; }

 private:
  // Totals of a partition that are counters of its topic.
  enum PartitionTotal : std::uint8_t {
    kRecordsTransmitted,
    kBytesTransmitted,
    kRecordsFetched,
    kBytesFetched,
    kRecordsOutdated,
    kPartitionTotalCount,
  };
  static constexpr std::array<std::int64_t PartitionStatistics::*, kPartitionTotalCount> kPartitionTotals = {
      &PartitionStatistics::txmsgs,  &PartitionStatistics::txbytes,      &PartitionStatistics::rxmsgs,
      &PartitionStatistics::rxbytes, &PartitionStatistics::rx_ver_drops,
  };
  struct BrokerTotals {
    std::string nodename;
    std::int64_t nodeid = -1;
    bool is_logical = false;
    std::array<Growth, kBrokerTotalCount> totals;
    std::array<Growth, kRequests.size() + 1> requests;
    std::uint64_t document = 0;  // the last one that had it
  };
  struct PartitionTotals {
    std::array<Growth, kPartitionTotalCount> totals;
    PositionTracker tracker;
    std::int64_t broker = -1;     // in the last document
    bool has_end = false;         // in the last document
    bool can_be_fetched = false;  // in the last document
    // The last moment at which the partition may not have been fetched. Empty where the end of its
    // log is known to be younger.
    std::optional<MonotonicTime> unfetched = {};
    std::uint64_t document = 0;  // the last one that had it
  };
  using TopicTotals = std::unordered_map<std::int64_t, PartitionTotals>;
  // Windows of a document, with their series.
  struct Windows {
    std::vector<Summaries<2>::Window> of_brokers;
    std::vector<Summaries<1>::Window> of_topics;
  };
  // What the newest document shows of a broker.
  struct Answers {
    bool are_young = false;
    bool is_reconnected = false;  // since the document before
  };

  static Windows WindowsOf(const Statistics& statistics, StatisticsCounters& counters);
  void TakeNewest(const Statistics& statistics, const StatisticsCounters& counters);
  void TakeBrokers(const Statistics& statistics, const StatisticsCounters& counters);
  void TakeTopics(const Statistics& statistics, const StatisticsCounters& counters);
  void TakePartition(const Statistics& statistics, const TopicStatistics& topic, const PartitionStatistics& partition,
                     PartitionTotals& totals);
  bool IsFull(const PartitionStatistics& partition) const;
  bool IsPaused(const TopicStatistics& topic, const PartitionStatistics& partition) const;
  // Whether the document shows that the broker answers fetches of the partition, unless it is
  // paused.
  bool CanBeFetched(const Statistics& statistics, const PartitionStatistics& partition, const Answers& answers) const;
  // Keeps in `totals` until when the partition may not have been fetched.
  void NoteFetch(const Statistics& statistics, const TopicStatistics& topic, const PartitionStatistics& partition,
                 PartitionTotals& totals);
  void TakeAnswers(const Statistics& statistics);
  Answers AnswersOf(std::int64_t broker) const;
  BrokerTotals& TotalsOf(const BrokerStatistics& broker, const std::set<std::string_view>& names);

  const ClientSettings settings_;
  Statistics newest_;
  std::uint64_t document_ = 0;
  bool is_cut_ = false;                          // no memory for the newest document: its end is missing
  bool has_gap_ = false;                         // a document after the newest one was lost
  bool is_after_gap_ = false;                    // a document before the newest one was lost
  std::map<std::string, BrokerTotals> brokers_;  // by name
  std::map<std::string, TopicTotals> topics_;
  Growth rebalances_;
  std::uint64_t assignment_changes_ = 0;       // since the document before the newest one
  std::optional<MonotonicTime> rebalanced_;    // when ForgetPositions() was called
  std::map<std::int64_t, Answers> answers_;    // by the number of the broker
  std::map<std::int64_t, Growth> reconnects_;  // by the number of the broker
  std::set<std::pair<std::string, std::int64_t>> paused_;
  bool has_lost_pause_ = false;  // no memory to keep it
  // When a pause ended, by partition, until the next document has the partition.
  std::map<std::pair<std::string, std::int64_t>, MonotonicTime> resumed_;
  std::map<std::string, int> connections_;
  std::vector<PartitionGauges> partitions_;
};

}  // namespace streamhouse::librdkafka
