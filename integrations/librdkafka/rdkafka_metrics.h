// RdkafkaMetrics: metrics of programs that use librdkafka, in C++ (RdKafka::) or in C.
//
// The program passes on what librdkafka tells it: statistics, delivery reports, records, errors,
// rebalances. docs/librdkafka.md lists the families: their meaning, where they come from, and what
// they miss.
// When to use something else: c_api.h in C. client/producer.h and client/consumer.h have metrics of
// their own.
// Guarantees:
// 1. No call keeps a pointer that it is given. The JSON of a statistics callback stays
//    librdkafka's: return 0 there.
// 2. Counters go on when a client is destroyed and made again: each instance adds what its totals
//    have grown by. What happened after its last document is lost; delivery reports and records are
//    not.
// 3. A lag is shown only where it is proved (lag_rule.h), and only while statistics arrive. Gauges
//    of a client leave the page when its newest document is older than three intervals and two
//    seconds (kStatisticsIntervals, kStatisticsSlack).
// 4. Label values do not depend on the release of librdkafka: `client` is client.id, `broker` is
//    HOST:PORT. A broker's number or instance name is no label. Requests that only some releases
//    know by name are "other".
// 5. Any number of clients may use one object. Those with equal labels add up.
// 6. A call for an event lets no exception out: librdkafka, which is C, makes it.
// Thread safety: all methods from any thread. Destroy it after all clients, and before the
// registry.
// Which thread does the work: OnStatistics() parses and records at once, on the thread that polls.
// A document of more than kStatisticsBytesMax is refused, which bounds the time.
// Cost: OnDelivery() and OnConsumed() read the headers of a record for its size, and add to two
// counters. librdkafka parses the headers of a consumed record at the first request for them.
// OnStatistics() is linear in the size of the document; bench/rdkafka_bench.cc measures both.
// Errors: a document that is refused is counted (rdkafka_statistics_refused_total), and the status
// says why. It is ResourceExhausted where there is no memory; the program may pass the document
// again. Otherwise the document is lost with its windows. The next one counts what totals have
// grown by. Lags come back after the time that OnResume() tells. Any other event without memory is
// lost, and rdkafka_events_lost_total counts it. A client whose OnPause() is lost has no lag any
// more. If no call had told of the client before, no client that is told of later has a lag. A
// partition whose OnResume() is lost has no lag until the next OnResume() of it. A new series
// without memory ends the process (metrics_core/family.h).
//
//   auto metrics = RdkafkaMetrics::Register(registry).value();
//   conf->set("statistics.interval.ms", "1000", error);
//   // EventCb, EVENT_STATS:  metrics->OnStatistics(producer->c_ptr(), event.str());
//   // EventCb, EVENT_ERROR:  metrics->OnError(producer->c_ptr(), rd_kafka_resp_err_t(event.err()));
//   // DeliveryReportCb:      metrics->OnDelivery(*message.c_ptr());
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::librdkafka {

class RdkafkaMetrics {
 public:
  // `registry` must outlive it. AlreadyExists where a registry has the lag of client/consumer.h,
  // or another RdkafkaMetrics: use another registry for one of them.
  static metrics::Result<std::unique_ptr<RdkafkaMetrics>> Register(metrics::Registry& registry);
  ~RdkafkaMetrics();
  RdkafkaMetrics(const RdkafkaMetrics&) = delete;
  RdkafkaMetrics& operator=(const RdkafkaMetrics&) = delete;

  // Of a stats_cb, an EVENT_STATS, or rd_kafka_event_stats().
  metrics::Status OnStatistics(rd_kafka_t* client, std::string_view json) noexcept;

  // Of a dr_msg_cb. A record whose report is never taken is in no family: flush or purge before a
  // client is destroyed.
  void OnDelivery(const rd_kafka_message_t& message) const noexcept;

  // A message that a poll has returned. One that is an error is not counted.
  void OnConsumed(const rd_kafka_message_t& message) const noexcept;

  // Of an error_cb. For RD_KAFKA_RESP_ERR__FATAL the error behind it is counted.
  void OnError(rd_kafka_t* client, rd_kafka_resp_err_t error) const noexcept;

  // Of a rebalance_cb, before it assigns. The client's lags and positions leave the page until a
  // document that is made later. Its lags wait for the next fetch as well: 6.5 s by default.
  void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event, std::size_t partitions) noexcept;

  // librdkafka does not say which partitions are paused: after a pause their lag would stand still.
  // A pause ends with OnResume(), which comes after librdkafka's call. In librdkafka it outlives a
  // revocation as well. The lag comes back when the partition must have been fetched: by default
  // 6.5 s after OnResume().
  void OnPause(rd_kafka_t* client, std::string_view topic, std::int32_t partition) noexcept;
  void OnResume(rd_kafka_t* client, std::string_view topic, std::int32_t partition) noexcept;

  // Between the close of a client with its last poll, and rd_kafka_destroy(): takes its gauges off
  // the page, and frees what is kept of it but its name. Documents, rebalances and pauses of it
  // that come later make no state again; a rebalance is counted.
  void Forget(rd_kafka_t* client) noexcept;

 private:
  struct Families;

  explicit RdkafkaMetrics(std::unique_ptr<Families> families);

  const std::unique_ptr<Families> families_;
};

}  // namespace streamhouse::librdkafka
