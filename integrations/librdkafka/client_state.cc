#include "integrations/librdkafka/client_state.h"

#include <algorithm>
#include <utility>

#include "metrics_core/family_registration.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::FamilyRegistration;
using metrics::MetricOptions;
using metrics::Registry;
using metrics::Status;

using SecondsOfWindow = std::chrono::duration<double>;

struct BrokerTotal {
  std::int64_t BrokerStatistics::*member;
  const char* name;
  const char* help;
};
constexpr std::array<BrokerTotal, kBrokerTotalCount> kBrokerTotals = {{
    {&BrokerStatistics::txbytes, "rdkafka_broker_sent_bytes_total", "Bytes of requests sent to the broker"},
    {&BrokerStatistics::rxbytes, "rdkafka_broker_received_bytes_total", "Bytes of responses of the broker"},
    {&BrokerStatistics::txerrs, "rdkafka_broker_send_errors_total", "Errors while sending to the broker"},
    {&BrokerStatistics::rxerrs, "rdkafka_broker_receive_errors_total", "Errors while receiving from the broker"},
    {&BrokerStatistics::req_timeouts, "rdkafka_broker_request_timeouts_total", "Requests without a response in time"},
    {&BrokerStatistics::connects, "rdkafka_broker_connection_attempts_total",
     "Attempts to connect to the broker, failed ones included"},
    {&BrokerStatistics::disconnects, "rdkafka_broker_disconnects_total", "Connections to the broker that were lost"},
}};

MetricOptions Options(std::string name, std::string help, std::vector<std::string> labels, std::string unit = "") {
  return {.name = std::move(name), .help = std::move(help), .unit = std::move(unit), .labels = std::move(labels)};
}

// A coordinator that is not known yet has no host.
const std::string& LabelOf(const BrokerStatistics& broker) {
  return broker.nodename.empty() ? broker.name : broker.nodename;
}

Status FirstError(std::initializer_list<Status> statuses) {
  for (const Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

}  // namespace

Status StatisticsCounters::Register(Registry& registry) {
  FamilyRegistration families(registry);
  documents = families.AddCounter(Options("rdkafka_statistics_total", "Statistics documents taken", {"client"}));
  broker_requests = families.AddCounter(
      Options("rdkafka_broker_requests_total", "Requests sent to the broker", {"client", "broker", "request"}));
  for (std::size_t i = 0; i < kBrokerTotals.size(); ++i) {
    broker_totals[i] = families.AddCounter(Options(kBrokerTotals[i].name, kBrokerTotals[i].help, {"client", "broker"}));
  }
  records_transmitted = families.AddCounter(
      Options("rdkafka_producer_records_transmitted_total", "Records sent to a broker, each attempt", {"topic"}));
  bytes_transmitted = families.AddCounter(Options("rdkafka_producer_bytes_transmitted_total",
                                                  "Bytes of records sent to a broker, each attempt", {"topic"}));
  records_fetched = families.AddCounter(
      Options("rdkafka_consumer_records_fetched_total", "Records fetched, read by the program or not", {"topic"}));
  bytes_fetched = families.AddCounter(Options("rdkafka_consumer_bytes_fetched_total",
                                              "Bytes of records fetched, read by the program or not", {"topic"}));
  records_outdated = families.AddCounter(Options("rdkafka_consumer_records_outdated_total",
                                                 "Fetched records dropped after a seek or a rebalance", {"topic"}));
  assignment_changes = families.AddCounter(
      Options("rdkafka_consumer_assignment_changes_total", "Assignments and revocations of partitions", {"group"}));
  const metrics::Family<metrics::Counter> overflows = families.AddCounter(
      Options("rdkafka_windows_overflowed_total", "Windows added to the overflow series of a summary", {"family"}));
  if (!families.status().ok()) return families.status();
  for (Summaries<2>* const summaries :
       {&queue_seconds, &round_trip_seconds, &output_queue_seconds, &throttle_seconds}) {
    summaries->CountOverflows(overflows);
  }
  for (Summaries<1>* const summaries : {&batch_records, &batch_bytes}) summaries->CountOverflows(overflows);
  const std::vector<std::string> by_broker = {"client", "broker"};
  return FirstError({
      queue_seconds.Register(registry, Options("rdkafka_producer_queue_seconds",
                                               "Time of records in the producer's queue", by_broker, "seconds")),
      round_trip_seconds.Register(
          registry, Options("rdkafka_producer_round_trip_seconds", "Time from a request of a producer to its response",
                            by_broker, "seconds")),
      output_queue_seconds.Register(
          registry, Options("rdkafka_output_queue_seconds", "Time of requests before they are written to the socket",
                            by_broker, "seconds")),
      throttle_seconds.Register(
          registry, Options("rdkafka_throttle_seconds", "Time for which the broker throttles", by_broker, "seconds")),
      batch_records.Register(registry,
                             Options("rdkafka_producer_batch_records", "Records in a batch, each attempt", {"topic"})),
      batch_bytes.Register(registry, Options("rdkafka_producer_batch_bytes", "Bytes of a batch as sent, each attempt",
                                             {"topic"}, "bytes")),
  });
}

void ClientState::Take(const Statistics& statistics, StatisticsCounters& counters) {
  const bool is_newest = statistics.ts >= newest_.ts;
  const Windows windows = WindowsOf(statistics, counters);
  counters.documents.Lookup(statistics.client_id)->Increment(0);  // makes the series
  if (is_newest) TakeNewest(statistics, counters);
  // Nothing below needs memory: the document is taken as a whole.
  for (const Summaries<2>::Window& window : windows.of_brokers) window.Add();
  for (const Summaries<1>::Window& window : windows.of_topics) window.Add();
  counters.documents.Lookup(statistics.client_id)->Increment();
}

void ClientState::TakeNewest(const Statistics& statistics, const StatisticsCounters& counters) {
  is_cut_ = true;
  is_after_gap_ = std::exchange(has_gap_, false);
  newest_ = {.name = statistics.name,
             .client_id = statistics.client_id,
             .type = statistics.type,
             .ts = statistics.ts,
             .time = statistics.time,
             .replyq = statistics.replyq,
             .msg_cnt = statistics.msg_cnt,
             .msg_size = statistics.msg_size,
             .cgrp = statistics.cgrp};
  ++document_;
  TakeBrokers(statistics, counters);
  const bool has_group = !statistics.cgrp.join_state.empty();
  assignment_changes_ = has_group ? rebalances_.Of(statistics.cgrp.rebalance_cnt) : 0;
  if (has_group) counters.assignment_changes.Lookup(settings_.group)->Increment(assignment_changes_);
  TakeTopics(statistics, counters);
  is_cut_ = false;
}

ClientState::Windows ClientState::WindowsOf(const Statistics& statistics, StatisticsCounters& counters) {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  Windows windows;
  for (const BrokerStatistics& broker : statistics.brokers) {
    const auto add = [&](Summaries<2>& to, SecondsOfWindow sum, const WindowStatistics& window) {
      windows.of_brokers.push_back(to.Prepare({statistics.client_id, LabelOf(broker)}, sum.count(), window.cnt));
    };
    add(counters.output_queue_seconds, microseconds(broker.outbuf_latency.sum), broker.outbuf_latency);
    add(counters.throttle_seconds, milliseconds(broker.throttle.sum), broker.throttle);
    // A coordinator takes no records. Round trips of a consumer hold the broker's wait for records.
    if (!statistics.is_of_producer() || broker.is_logical()) continue;
    add(counters.queue_seconds, microseconds(broker.int_latency.sum), broker.int_latency);
    add(counters.round_trip_seconds, microseconds(broker.rtt.sum), broker.rtt);
  }
  if (!statistics.is_of_producer()) return windows;
  for (const TopicStatistics& topic : statistics.topics) {
    const auto add = [&](Summaries<1>& to, const WindowStatistics& window) {
      windows.of_topics.push_back(to.Prepare({topic.topic}, static_cast<double>(window.sum), window.cnt));
    };
    add(counters.batch_records, topic.batchcnt);
    add(counters.batch_bytes, topic.batchsize);
  }
  return windows;
}

// The totals of the entry, which may have had another name.
ClientState::BrokerTotals& ClientState::TotalsOf(const BrokerStatistics& broker,
                                                 const std::set<std::string_view>& names) {
  auto found = brokers_.find(broker.name);
  if (found == brokers_.end()) {
    found = std::find_if(brokers_.begin(), brokers_.end(), [&](const auto& entry) {
      const auto& [name, totals] = entry;
      const bool is_same = totals.nodename == broker.nodename || (totals.nodeid >= 0 && totals.nodeid == broker.nodeid);
      return !names.contains(name) && totals.is_logical == broker.is_logical() && is_same;
    });
  }
  std::string name = broker.name;
  if (found == brokers_.end()) {
    found = brokers_.try_emplace(std::move(name)).first;
  } else if (found->first != name) {
    auto renamed = brokers_.extract(found);
    renamed.key() = std::move(name);
    found = brokers_.insert(std::move(renamed)).position;
  }
  BrokerTotals& totals = found->second;
  totals.nodename = broker.nodename;
  totals.nodeid = broker.nodeid;
  totals.is_logical = broker.is_logical();
  totals.document = document_;
  return totals;
}

void ClientState::TakeBrokers(const Statistics& statistics, const StatisticsCounters& counters) {
  std::set<std::string_view> names;
  for (const BrokerStatistics& broker : statistics.brokers) names.insert(broker.name);
  connections_.clear();
  for (const BrokerStatistics& broker : statistics.brokers) {
    const std::string& label = LabelOf(broker);
    BrokerTotals& totals = TotalsOf(broker, names);
    for (std::size_t i = 0; i < kBrokerTotals.size(); ++i) {
      const std::uint64_t growth = totals.totals[i].Of(broker.*kBrokerTotals[i].member);
      counters.broker_totals[i].Lookup(statistics.client_id, label)->Increment(growth);
    }
    for (std::size_t i = 0; i < broker.requests.size(); ++i) {
      const std::uint64_t growth = totals.requests[i].Of(broker.requests[i]);
      const std::string_view request = i == kOtherRequest ? kOtherRequestName : kRequests[i];
      if (growth > 0) counters.broker_requests.Lookup(statistics.client_id, label, request)->Increment(growth);
    }
    connections_[label] += broker.is_up() ? 1 : 0;
  }
  std::erase_if(brokers_, [this](const auto& entry) { return entry.second.document != document_; });
}

void ClientState::TakeAnswers(const Statistics& statistics) {
  answers_.clear();
  for (const BrokerStatistics& broker : statistics.brokers) {
    if (broker.is_logical() || broker.nodeid < 0) continue;
    const bool are_young =
        broker.is_up() && broker.rxidle >= 0 && std::chrono::microseconds(broker.rxidle) <= FetchTime(settings_);
    // The first bytes of a connection are no response to a fetch.
    const bool is_reconnected = reconnects_[broker.nodeid].Of(broker.disconnects) > 0;
    answers_[broker.nodeid] = {.are_young = are_young, .is_reconnected = is_reconnected};
  }
}

ClientState::Answers ClientState::AnswersOf(std::int64_t broker) const {
  const auto found = answers_.find(broker);
  return found == answers_.end() ? Answers() : found->second;
}

// librdkafka does not fetch the partition until the program has taken some of its records.
bool ClientState::IsFull(const PartitionStatistics& partition) const {
  constexpr std::int64_t kBytesPerKilobyte = 1000;
  return partition.fetchq_cnt >= settings_.queued_records ||
         partition.fetchq_size >= settings_.queued_kilobytes * kBytesPerKilobyte;
}

void ClientState::TakeTopics(const Statistics& statistics, const StatisticsCounters& counters) {
  TakeAnswers(statistics);
  partitions_.clear();
  for (const TopicStatistics& topic : statistics.topics) {
    TopicTotals& totals = topics_[topic.topic];
    std::array<std::uint64_t, kPartitionTotalCount> growths = {};
    for (const PartitionStatistics& partition : topic.partitions) {
      PartitionTotals& of_partition = totals[partition.partition];
      of_partition.document = document_;
      if (!statistics.is_of_producer()) TakePartition(statistics, topic, partition, of_partition);
    }
    // Below, only the first series of a topic need memory, and a lack of it ends the process. So
    // what the totals have grown by is counted.
    for (const PartitionStatistics& partition : topic.partitions) {
      PartitionTotals& of_partition = totals.find(partition.partition)->second;
      for (std::size_t i = 0; i < growths.size(); ++i) {
        growths[i] += of_partition.totals[i].Of(partition.*kPartitionTotals[i]);
      }
    }
    if (statistics.is_of_producer()) {
      counters.records_transmitted.Lookup(topic.topic)->Increment(growths[kRecordsTransmitted]);
      counters.bytes_transmitted.Lookup(topic.topic)->Increment(growths[kBytesTransmitted]);
    } else {
      counters.records_fetched.Lookup(topic.topic)->Increment(growths[kRecordsFetched]);
      counters.bytes_fetched.Lookup(topic.topic)->Increment(growths[kBytesFetched]);
      counters.records_outdated.Lookup(topic.topic)->Increment(growths[kRecordsOutdated]);
    }
  }
  for (auto& [name, totals] : topics_) {
    std::erase_if(totals, [this](const auto& entry) { return entry.second.document != document_; });
  }
  std::erase_if(topics_, [](const auto& topic) { return topic.second.empty(); });
}

bool ClientState::IsPaused(const TopicStatistics& topic, const PartitionStatistics& partition) const {
  if (has_lost_pause_) return true;
  return !paused_.empty() && paused_.contains({topic.topic, partition.partition});
}

bool ClientState::CanBeFetched(const Statistics& statistics, const PartitionStatistics& partition,
                               const Answers& answers) const {
  // librdkafka pauses all partitions until the program has assigned.
  const std::string& state = statistics.cgrp.join_state;
  const bool waits_for_program = state == "wait-assign-call" || state == "wait-unassign-call";
  return partition.is_desired && partition.is_active && !waits_for_program && answers.are_young && !IsFull(partition);
}

void ClientState::NoteFetch(const Statistics& statistics, const TopicStatistics& topic,
                            const PartitionStatistics& partition, PartitionTotals& totals) {
  const Answers answers = AnswersOf(partition.broker);
  const bool had_end = std::exchange(totals.has_end, EndOf(partition, settings_.isolation) >= 0);
  const std::int64_t last_broker = std::exchange(totals.broker, partition.broker);
  const bool could_be_fetched = std::exchange(totals.can_be_fetched, CanBeFetched(statistics, partition, answers));
  // What keeps librdkafka from fetching may last until just before the next document.
  const bool is_unfetched = !totals.can_be_fetched || (had_end && !could_be_fetched) || IsPaused(topic, partition);
  // A partition that had no end may have got one, and another leader or assignment after that.
  const bool has_moved = last_broker != partition.broker && (had_end || last_broker >= 0);
  const bool is_reassigned = assignment_changes_ > (had_end ? 0U : 1U);
  const bool is_end_old = is_unfetched || has_moved || is_reassigned || answers.is_reconnected || is_after_gap_;
  const std::optional<MonotonicTime> made(statistics.ts);
  // An end that comes later is of a fetch after this document.
  if (totals.has_end && is_end_old) totals.unfetched = std::max(totals.unfetched, made);
  if (resumed_.empty()) return;
  const auto resumed = resumed_.find({topic.topic, partition.partition});
  if (resumed == resumed_.end()) return;
  totals.unfetched = std::max(totals.unfetched, std::optional(resumed->second));
  resumed_.erase(resumed);
}

void ClientState::TakePartition(const Statistics& statistics, const TopicStatistics& topic,
                                const PartitionStatistics& partition, PartitionTotals& totals) {
  const MonotonicTime made(statistics.ts);
  totals.tracker.Take(partition, made);
  NoteFetch(statistics, topic, partition, totals);
  if (!partition.is_desired) return;
  PartitionGauges gauges = {.topic = topic.topic, .partition = std::to_string(partition.partition)};
  if (partition.committed_offset >= 0) gauges.committed = partition.committed_offset;
  if (!rebalanced_ || made >= *rebalanced_) {
    const std::optional<MonotonicTime> unfetched = std::max(totals.unfetched, rebalanced_);
    const bool is_refetched = !unfetched || made - *unfetched > RefetchTime(settings_);
    gauges.position = totals.tracker.position();
    gauges.lag = LagOf(partition, gauges.position, settings_.isolation, is_refetched ? Fetch::kYoung : Fetch::kOld);
  }
  partitions_.push_back(std::move(gauges));
}

void ClientState::Pause(std::string_view topic, std::int32_t partition) {
  for (PartitionGauges& gauges : partitions_) {
    if (gauges.topic == topic && gauges.partition == std::to_string(partition)) gauges.lag.exact.reset();
  }
  paused_.emplace(topic, partition);
}

void ClientState::Resume(std::string_view topic, std::int32_t partition, MonotonicTime now) {
  const std::pair<std::string, std::int64_t> key(topic, partition);
  resumed_[key] = now;
  paused_.erase(key);
}

void ClientState::ForgetPositions(MonotonicTime now) {
  rebalanced_ = now;
  for (PartitionGauges& gauges : partitions_) {
    gauges.lag = {};
    gauges.position.reset();
  }
}

bool ClientState::IsYoung(std::chrono::seconds now) const {
  const std::chrono::seconds age = now - std::chrono::seconds(newest_.time);
  return !is_cut_ && age <= kStatisticsIntervals * settings_.statistics_interval + kStatisticsSlack;
}

}  // namespace streamhouse::librdkafka
