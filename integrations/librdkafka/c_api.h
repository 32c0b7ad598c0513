// streamhouse_rdkafka: metrics of programs in C that use librdkafka.
//
// The program passes on what librdkafka tells it: statistics, delivery reports, records, errors,
// rebalances. docs/librdkafka.md lists the families: their meaning, where they come from, and what
// they miss.
// When to use something else: C++ programs use rdkafka_metrics.h, which says more about each call.
// Guarantees:
// 1. Those of rdkafka_metrics.h.
// 2. No call keeps a pointer that it is given.
// 3. A stats_cb that returns 0 leaves the JSON to librdkafka. One that returns 1 keeps it, and
//    frees it.
// Ownership: a streamhouse_rdkafka belongs to its maker. It is freed after all clients that were
// passed to it were destroyed, and before its registry.
// Thread safety: all functions from any thread, but streamhouse_rdkafka_free(): it comes after all
// other calls.
// Cost: that of rdkafka_metrics.h.
// Errors: a status: ALREADY_EXISTS where the registry has the names, INVALID_ARGUMENT or
// RESOURCE_EXHAUSTED for a document that is refused, which is counted as well. A null pointer ends
// the program with a message. No C++ exception leaves a function.
//
//   streamhouse_rdkafka *metrics;
//   streamhouse_status made = streamhouse_rdkafka_new(registry, &metrics);
//   rd_kafka_conf_set_opaque(conf, metrics);
//
//   int on_statistics(rd_kafka_t *client, char *json, size_t bytes, void *metrics) {
//     streamhouse_rdkafka_on_statistics(metrics, client, json, bytes);
//     return 0;
//   }
#pragma once

#include <librdkafka/rdkafka.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics_core/c_api/registry.h"
#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct streamhouse_rdkafka streamhouse_rdkafka;

// *metrics is null where the status is not OK.
streamhouse_status streamhouse_rdkafka_new(streamhouse_registry* registry,
                                           streamhouse_rdkafka** metrics) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
// `metrics` may be null.
void streamhouse_rdkafka_free(streamhouse_rdkafka* metrics) STREAMHOUSE_NOEXCEPT;

// Of a stats_cb, or of rd_kafka_event_stats(). The status may be dropped: the refusal is counted.
streamhouse_status streamhouse_rdkafka_on_statistics(streamhouse_rdkafka* metrics, rd_kafka_t* client, const char* json,
                                                     size_t bytes) STREAMHOUSE_NOEXCEPT;
// Of a dr_msg_cb.
void streamhouse_rdkafka_on_delivery(streamhouse_rdkafka* metrics,
                                     const rd_kafka_message_t* message) STREAMHOUSE_NOEXCEPT;
// What a poll has returned; not null.
void streamhouse_rdkafka_on_consumed(streamhouse_rdkafka* metrics,
                                     const rd_kafka_message_t* message) STREAMHOUSE_NOEXCEPT;
// Of an error_cb; `error` is a rd_kafka_resp_err_t.
void streamhouse_rdkafka_on_error(streamhouse_rdkafka* metrics, rd_kafka_t* client, int error) STREAMHOUSE_NOEXCEPT;
// Of a rebalance_cb, before it assigns.
void streamhouse_rdkafka_on_rebalance(streamhouse_rdkafka* metrics, rd_kafka_t* client, rd_kafka_resp_err_t event,
                                      size_t partitions) STREAMHOUSE_NOEXCEPT;
void streamhouse_rdkafka_on_pause(streamhouse_rdkafka* metrics, rd_kafka_t* client, const char* topic,
                                  int32_t partition) STREAMHOUSE_NOEXCEPT;
void streamhouse_rdkafka_on_resume(streamhouse_rdkafka* metrics, rd_kafka_t* client, const char* topic,
                                   int32_t partition) STREAMHOUSE_NOEXCEPT;
// After the close of the client and its last poll, before it is destroyed. Its later documents are
// ignored.
void streamhouse_rdkafka_forget(streamhouse_rdkafka* metrics, rd_kafka_t* client) STREAMHOUSE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
