// A plug-in that records; one of the shared objects that plugin_host.c opens.
#include "metrics_core/c_api.h"

int plugin_record(void) {
  streamhouse_registry* registry = streamhouse_registry_new();
  const streamhouse_metric_options options = {.size = sizeof(options), .name = "sent_total", .help = "Records sent"};
  streamhouse_counter_family sent;
  const streamhouse_status added = streamhouse_add_counter(registry, &options, &sent);
  if (added.code == STREAMHOUSE_OK) streamhouse_counter_add(streamhouse_counter_with(sent, NULL, NULL, 0), 1);
  streamhouse_registry_free(registry);
  return added.code;
}
