// A program in C that only records; prints the release of the library.
#include <stdio.h>

#include "metrics_core/c_api.h"

int main(void) {
  streamhouse_registry* registry = streamhouse_registry_new();
  const streamhouse_metric_options options = {.size = sizeof(options), .name = "sent_total", .help = "Records sent"};
  streamhouse_counter_family sent;
  const streamhouse_status added = streamhouse_add_counter(registry, &options, &sent);
  if (added.code != STREAMHOUSE_OK) return 1;
  streamhouse_counter counter = streamhouse_counter_with(sent, NULL, NULL, 0);
  for (int i = 0; i < 1000; ++i) streamhouse_counter_add(counter, 1);
  streamhouse_counter_release(&counter);
  streamhouse_registry_free(registry);
  puts(streamhouse_version());
  return 0;
}
