// A client of NATS with a page that shows what libnats counts: nats_client URL SUBJECT
//
// Publishes each line of its input to the subject, and receives what is published to it; a line of
// 4,095 bytes or more becomes several messages. The counters are read at each scrape; libnats keeps
// them anyway.
#include <math.h>
#include <nats/nats.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "exporters/c_api.h"
#include "metrics_core/c_api.h"

// What a natsStatistics has, in the order in which it is read.
enum { RECEIVED_MESSAGES, RECEIVED_BYTES, PUBLISHED_MESSAGES, PUBLISHED_BYTES, RECONNECTS, COUNTERS };

static const struct {
  const char* name;
  const char* help;
} counters[COUNTERS] = {
    {"nats_client_received_messages_total", "Messages received, with those that a slow subscription drops afterwards"},
    {"nats_client_received_bytes_total", "Bytes of received messages and their headers"},
    {"nats_client_published_messages_total", "Messages published, counted before they are sent"},
    {"nats_client_published_bytes_total", "Bytes of published messages and their headers"},
    {"nats_client_reconnects_total", "Times that the connection has come back"},
};

static natsConnection* connection;

static double read_counter(void* user_data) {
  natsStatistics* statistics;
  uint64_t counts[COUNTERS];
  if (natsStatistics_Create(&statistics) != NATS_OK) return NAN;  // no value at this scrape
  const bool is_read =
      natsConnection_GetStats(connection, statistics) == NATS_OK &&
      natsStatistics_GetCounts(statistics, &counts[RECEIVED_MESSAGES], &counts[RECEIVED_BYTES],
                               &counts[PUBLISHED_MESSAGES], &counts[PUBLISHED_BYTES], &counts[RECONNECTS]) == NATS_OK;
  natsStatistics_Destroy(statistics);
  return is_read ? (double)counts[*(const int*)user_data] : NAN;
}

static double read_connected(void* user_data) {
  (void)user_data;
  return natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED ? 1 : 0;
}

static streamhouse_status show(streamhouse_registry* registry, streamhouse_token** tokens) {
  static int places[COUNTERS];
  streamhouse_number_callbacks* family;
  streamhouse_status status;
  for (int i = 0; i < COUNTERS; ++i) {
    const streamhouse_metric_options options = {
        .size = sizeof options, .name = counters[i].name, .help = counters[i].help};
    status = streamhouse_add_callback_counter(registry, &options, &family);
    if (status.code != STREAMHOUSE_OK) return status;
    places[i] = i;
    const streamhouse_number_callback callback = {.read = read_counter, .user_data = &places[i]};
    status = streamhouse_number_callback_add(family, callback, NULL, NULL, 0, &tokens[i]);
    if (status.code != STREAMHOUSE_OK) return status;
  }
  const streamhouse_metric_options options = {
      .size = sizeof options, .name = "nats_client_connected", .help = "1 while there is a connection to a server"};
  status = streamhouse_add_callback_gauge(registry, &options, &family);
  if (status.code != STREAMHOUSE_OK) return status;
  const streamhouse_number_callback callback = {.read = read_connected};
  return streamhouse_number_callback_add(family, callback, NULL, NULL, 0, &tokens[COUNTERS]);
}

static void take(natsConnection* from, natsSubscription* subscription, natsMsg* message, void* closure) {
  (void)from, (void)subscription, (void)closure;
  natsMsg_Destroy(message);
}

int main(int argc, char** argv) {
  if (argc != 3) return fprintf(stderr, "usage: nats_client URL SUBJECT\n"), 1;
  natsSubscription* subscription = NULL;
  natsStatus connected = natsConnection_ConnectTo(&connection, argv[1]);
  if (connected == NATS_OK) connected = natsConnection_Subscribe(&subscription, connection, argv[2], take, NULL);
  // The URL stays unsaid: it may have a password.
  if (connected != NATS_OK) return fprintf(stderr, "%s\n", natsStatus_GetText(connected)), 1;

  streamhouse_registry* registry = streamhouse_registry_new();
  streamhouse_token* tokens[COUNTERS + 1] = {NULL};
  const streamhouse_exporter_options options = {.size = sizeof options, .registry = registry};
  streamhouse_exporter* exporter = NULL;
  streamhouse_status status = show(registry, tokens);
  if (status.code == STREAMHOUSE_OK)
    status = streamhouse_exporter_start("prometheus://127.0.0.1:0", &options, &exporter);
  if (status.code != STREAMHOUSE_OK) return fprintf(stderr, "%s\n", status.message), 1;
  printf("%s\n", streamhouse_exporter_name(exporter));
  fflush(stdout);

  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    const natsStatus published = natsConnection_PublishString(connection, argv[2], line);
    if (published != NATS_OK) fprintf(stderr, "%s\n", natsStatus_GetText(published));
  }
  // The page first: its callbacks read the connection.
  streamhouse_exporter_stop(exporter);
  for (int i = 0; i <= COUNTERS; ++i) streamhouse_token_free(tokens[i]);
  streamhouse_registry_free(registry);
  natsSubscription_Destroy(subscription);
  natsConnection_Destroy(connection);
  nats_Close();
}
