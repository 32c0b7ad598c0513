// Goal: a program in C gets the same metrics, and each call reaches them.
#define _POSIX_C_SOURCE 200809L  // clock_gettime()

#include "integrations/librdkafka/c_api.h"

#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "metrics_core/c_api.h"
#include "tests/metrics_core/c_api/c_page.h"
#include "tests/support/c_cases.h"

static streamhouse_registry* registry;
static streamhouse_rdkafka* metrics;

static rd_kafka_t* NewClient(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  char error[256];
  if (conf == NULL) conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "0", error, sizeof error);
  if (type == RD_KAFKA_CONSUMER) rd_kafka_conf_set(conf, "group.id", "billing", error, sizeof error);
  return rd_kafka_new(type, conf, error, sizeof error);
}

static void Begin(void) {
  registry = streamhouse_registry_new();
  const streamhouse_status made = streamhouse_rdkafka_new(registry, &metrics);
  C_EXPECT_TEXT(made.message, "");
}

static void End(void) {
  streamhouse_rdkafka_free(metrics);
  streamhouse_registry_free(registry);
}

static int delivered;

static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque) {
  (void)client;
  streamhouse_rdkafka_on_delivery(opaque, message);
  streamhouse_rdkafka_on_consumed(opaque, message);  // as if a poll of a consumer had returned it
  ++delivered;
}

static int OnStatistics(rd_kafka_t* client, char* json, size_t bytes, void* opaque) {
  streamhouse_rdkafka_on_statistics(opaque, client, json, bytes);
  return 0;
}

// A producer of the mock cluster that it has made itself.
static rd_kafka_t* NewProducer(void) {
  char error[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
  rd_kafka_conf_set(conf, "client.id", "app", error, sizeof error);
  rd_kafka_conf_set(conf, "statistics.interval.ms", "50", error, sizeof error);
  rd_kafka_conf_set_opaque(conf, metrics);
  rd_kafka_conf_set_dr_msg_cb(conf, OnDelivery);
  rd_kafka_conf_set_stats_cb(conf, OnStatistics);
  return NewClient(RD_KAFKA_PRODUCER, conf);
}

C_TEST(CountsWhatAProgramIsTold) {
  Begin();
  rd_kafka_t* producer = NewProducer();
  delivered = 0;
  for (int i = 0; i < 5; ++i) {
    C_EXPECT(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_VALUE("abc", 3), RD_KAFKA_V_END) == 0);
  }
  C_EXPECT(rd_kafka_flush(producer, 30000) == 0);
  for (int i = 0; i < 3000 && strstr(c_page(registry), "rdkafka_statistics_total{client=\"app\"}") == NULL; ++i) {
    rd_kafka_poll(producer, 10);
  }
  C_EXPECT_NUMBER(delivered, 5);
  C_EXPECT_PART(c_page(registry), "streamhouse_producer_records_sent_total{topic=\"orders\"} 5\n");
  C_EXPECT_PART(c_page(registry), "streamhouse_producer_bytes_sent_total{topic=\"orders\"} 15\n");
  C_EXPECT_PART(c_page(registry), "streamhouse_consumer_records_consumed_total{topic=\"orders\"} 5\n");
  streamhouse_rdkafka_forget(metrics, producer);
  C_EXPECT(strstr(c_page(registry), "rdkafka_waiting_events{") == NULL);
  rd_kafka_destroy(producer);
  End();
}

static const char kDocument[] =
    "{\"name\": \"rdkafka#consumer-1\", \"client_id\": \"rdkafka\", \"type\": \"consumer\", "
    "\"time\": 9999999999, \"brokers\": {\"a:1/1\": {\"name\": \"a:1/1\", \"nodename\": \"a:1\", \"nodeid\": 1, "
    "\"state\": \"UP\", \"rxidle\": 5}}, \"topics\": {\"orders\": {\"topic\": \"orders\", \"partitions\": {\"0\": "
    "{\"partition\": 0, \"broker\": 1, \"desired\": true, \"fetch_state\": \"active\", \"app_offset\": 3, "
    "\"ls_offset\": 8}}}}}";

static int64_t MonotonicMicroseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// With the name of the client, which has a number of this process. `ts` is of the monotonic clock.
static void TakeDocument(rd_kafka_t* consumer, int64_t ts) {
  char document[1024];
  const char* rest = strchr(kDocument, ',');
  snprintf(document, sizeof document, "{\"name\": \"%s\", \"ts\": %lld%s", rd_kafka_name(consumer), (long long)ts,
           rest);
  C_EXPECT(streamhouse_rdkafka_on_statistics(metrics, consumer, document, strlen(document)).code == STREAMHOUSE_OK);
}

// The last document is so late that the partition has been fetched again.
C_TEST(APauseHidesTheLagUntilThePartitionIsFetchedAgain) {
  static const char kLag[] = "streamhouse_consumer_lag_records{topic=\"orders\",partition=\"0\",group=\"billing\"} 5\n";
  Begin();
  rd_kafka_t* consumer = NewClient(RD_KAFKA_CONSUMER, NULL);
  TakeDocument(consumer, 1);
  C_EXPECT_PART(c_page(registry), kLag);
  streamhouse_rdkafka_on_pause(metrics, consumer, "orders", 0);
  C_EXPECT(strstr(c_page(registry), kLag) == NULL);
  streamhouse_rdkafka_on_resume(metrics, consumer, "orders", 0);
  TakeDocument(consumer, MonotonicMicroseconds());
  C_EXPECT(strstr(c_page(registry), kLag) == NULL);
  TakeDocument(consumer, INT64_MAX / 2);
  C_EXPECT_PART(c_page(registry), kLag);
  rd_kafka_destroy(consumer);
  End();
}

C_TEST(CountsErrorsAndRebalances) {
  Begin();
  rd_kafka_t* consumer = NewClient(RD_KAFKA_CONSUMER, NULL);
  streamhouse_rdkafka_on_error(metrics, consumer, RD_KAFKA_RESP_ERR__TRANSPORT);
  streamhouse_rdkafka_on_rebalance(metrics, consumer, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, 2);
  C_EXPECT_PART(c_page(registry), "rdkafka_errors_total{client=\"rdkafka\",error=\"_TRANSPORT\",fatal=\"no\"} 1\n");
  C_EXPECT_PART(c_page(registry),
                "rdkafka_consumer_rebalanced_partitions_total{group=\"billing\",event=\"assigned\"} 2\n");
  rd_kafka_destroy(consumer);
  End();
}

C_TEST(AMessageThatIsAnErrorIsNoRecord) {
  Begin();
  rd_kafka_message_t message;
  memset(&message, 0, sizeof message);
  message.err = RD_KAFKA_RESP_ERR__PARTITION_EOF;
  streamhouse_rdkafka_on_consumed(metrics, &message);
  C_EXPECT(strstr(c_page(registry), "streamhouse_consumer_records_consumed_total{") == NULL);
  End();
}

C_TEST(ADocumentThatIsRefusedHasAMessage) {
  Begin();
  rd_kafka_t* consumer = NewClient(RD_KAFKA_CONSUMER, NULL);
  const streamhouse_status taken = streamhouse_rdkafka_on_statistics(metrics, consumer, "{}", 2);
  C_EXPECT(taken.code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT_TEXT(taken.message, "statistics have no name of a client");
  rd_kafka_destroy(consumer);
  End();
}

C_TEST(ARegistryThatHasTheNamesIsRefused) {
  Begin();
  streamhouse_registry* other = streamhouse_registry_new();
  const streamhouse_metric_options options = {.size = sizeof options, .name = "rdkafka_errors_total", .help = "x"};
  streamhouse_counter_family family;
  C_EXPECT(streamhouse_add_counter(other, &options, &family).code == STREAMHOUSE_OK);
  streamhouse_rdkafka* second = metrics;
  C_EXPECT(streamhouse_rdkafka_new(other, &second).code == STREAMHOUSE_ALREADY_EXISTS);
  C_EXPECT(second == NULL);
  streamhouse_rdkafka_free(second);
  streamhouse_registry_free(other);
  End();
}

const char c_suite[] = "RdkafkaCApiTest";
const c_case c_cases[] = {
    C_CASE(CountsWhatAProgramIsTold),
    C_CASE(APauseHidesTheLagUntilThePartitionIsFetchedAgain),
    C_CASE(CountsErrorsAndRebalances),
    C_CASE(AMessageThatIsAnErrorIsNoRecord),
    C_CASE(ADocumentThatIsRefusedHasAMessage),
    C_CASE(ARegistryThatHasTheNamesIsRefused),
    C_NO_CASE,
};
