// One program's use of the C API, from the one header that it includes.
#include "metrics_core/c_api.h"

#include "tests/metrics_core/c_api/c_page.h"
#include "tests/support/c_cases.h"

static double queue_length(void* queue) {
  return *(const double*)queue;
}

C_TEST(OneHeaderIsEnoughForAProgram) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const char* const labels[] = {"topic"};
  streamhouse_metric_options options = {.size = sizeof(options), .name = "sent_total", .help = "Records sent"};
  options.labels = labels;
  options.label_count = 1;
  streamhouse_counter_family sent;
  C_EXPECT(streamhouse_add_counter(registry, &options, &sent).code == STREAMHOUSE_OK);
  const streamhouse_counter orders = streamhouse_counter_with(sent, (const char*[]){"orders"}, NULL, 1);
  streamhouse_counter_add(orders, 3);

  double length = 5;
  options = (streamhouse_metric_options){.size = sizeof(options), .name = "queued", .help = "Records queued"};
  streamhouse_number_callbacks* queued;
  C_EXPECT(streamhouse_add_callback_gauge(registry, &options, &queued).code == STREAMHOUSE_OK);
  const streamhouse_number_callback read = {.read = queue_length, .user_data = &length};
  streamhouse_token* token;
  C_EXPECT(streamhouse_number_callback_add(queued, read, NULL, NULL, 0, &token).code == STREAMHOUSE_OK);

  C_EXPECT_TEXT(c_page(registry), "sent_total{topic=\"orders\"} 3\nqueued 5\n");
  streamhouse_token_free(token);
  streamhouse_registry_free(registry);
}

const char c_suite[] = "CApiTest";
const c_case c_cases[] = {C_CASE(OneHeaderIsEnoughForAProgram), C_NO_CASE};
