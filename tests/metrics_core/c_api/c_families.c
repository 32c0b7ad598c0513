#include "tests/metrics_core/c_api/c_families.h"

#include "tests/support/c_cases.h"

static streamhouse_metric_options named(const char* name) {
  static const char* const labels[] = {"topic"};
  return (streamhouse_metric_options){
      .size = sizeof(streamhouse_metric_options), .name = name, .help = "Help", .labels = labels, .label_count = 1};
}

static void expect_ok(streamhouse_status status) {
  C_EXPECT_TEXT(status.message, "");
  C_EXPECT(status.code == STREAMHOUSE_OK);
}

c_families c_families_new(void) {
  static const double bounds[] = {1, 4};
  static const char* const states[] = {"starting", "serving"};
  c_families made = {.registry = streamhouse_registry_new()};
  streamhouse_registry* const to = made.registry;
  streamhouse_metric_options options = named("counter_total");
  expect_ok(streamhouse_add_counter(to, &options, &made.counter));
  options = named("double_counter_total");
  expect_ok(streamhouse_add_double_counter(to, &options, &made.double_counter));
  options = named("up_down_counter");
  expect_ok(streamhouse_add_up_down_counter(to, &options, &made.up_down_counter));
  options = named("gauge");
  expect_ok(streamhouse_add_gauge(to, &options, &made.gauge));
  options = named("double_gauge");
  expect_ok(streamhouse_add_double_gauge(to, &options, &made.double_gauge));
  options = named("histogram");
  expect_ok(streamhouse_add_histogram(to, &options, bounds, 2, &made.histogram));
  options = named("tick_histogram");
  expect_ok(streamhouse_add_tick_histogram(to, &options, bounds, 2, 10, &made.tick_histogram));
  options = named("exponential_histogram");
  expect_ok(streamhouse_add_exponential_histogram(to, &options, bounds, 2, &made.exponential_histogram));
  options = named("state_set");
  expect_ok(streamhouse_add_state_set(to, &options, states, 2, &made.state_set));
  return made;
}

void c_families_free(c_families* families) {
  streamhouse_registry_free(families->registry);
}
