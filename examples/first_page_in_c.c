// The smallest program in C with a page: counts the characters of its input.
#include <stdio.h>

#include "exporters/c_api.h"
#include "metrics_core/c_api.h"

int main(void) {
  streamhouse_registry* registry = streamhouse_registry_new();
  streamhouse_metric_options counter = {.size = sizeof counter,
                                        .name = "characters_read_total",
                                        .help = "Characters read",
                                        .labels = (const char*[]){"source"},
                                        .label_count = 1};
  streamhouse_counter_family read;
  streamhouse_status status = streamhouse_add_counter(registry, &counter, &read);
  if (status.code != STREAMHOUSE_OK) return fprintf(stderr, "%s\n", status.message), 1;
  streamhouse_counter from_stdin = streamhouse_counter_with(read, (const char*[]){"stdin"}, NULL, 1);

  streamhouse_exporter_options options = {.size = sizeof options, .registry = registry};
  streamhouse_exporter* exporter;
  status = streamhouse_exporter_start("prometheus://127.0.0.1:0", &options, &exporter);
  if (status.code != STREAMHOUSE_OK) return fprintf(stderr, "%s\n", status.message), 1;
  printf("%s\n", streamhouse_exporter_name(exporter));
  fflush(stdout);

  while (getchar() != EOF) streamhouse_counter_add(from_stdin, 1);  // takes no lock
  streamhouse_exporter_stop(exporter);
  streamhouse_registry_free(registry);
}
