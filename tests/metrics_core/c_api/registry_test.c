#include "metrics_core/c_api/registry.h"

#include <string.h>

#include "tests/metrics_core/c_api/c_families.h"
#include "tests/metrics_core/c_api/c_page.h"
#include "tests/support/c_cases.h"

static streamhouse_metric_options named(const char* name) {
  return (streamhouse_metric_options){.size = sizeof(streamhouse_metric_options), .name = name, .help = "Help"};
}

static streamhouse_status add_counter(streamhouse_registry* registry, streamhouse_metric_options options) {
  streamhouse_counter_family family;
  memset(&family, 0xFF, sizeof(family));
  const streamhouse_status added = streamhouse_add_counter(registry, &options, &family);
  C_EXPECT((family.family != NULL) == (added.code == STREAMHOUSE_OK));
  return added;
}

// An options struct of a newer header, with a member that this library does not know.
typedef struct newer_options {
  streamhouse_metric_options known;
  const char* newer;
} newer_options;

static streamhouse_status add_newer(const char* newer) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  newer_options options = {.known = named("a_total"), .newer = newer};
  options.known.size = sizeof(options);
  streamhouse_counter_family family;
  const streamhouse_status added = streamhouse_add_counter(registry, &options.known, &family);
  streamhouse_registry_free(registry);
  return added;
}

C_TEST(ARefusalNamesTheMetricAndTheRule) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const streamhouse_status added = add_counter(registry, named("a"));
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT_PART(added.message, "\"a\"");
  C_EXPECT_PART(added.message, "_total");
  C_EXPECT(add_counter(registry, named(NULL)).code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT_TEXT(c_page(registry), "");
  streamhouse_registry_free(registry);
}

C_TEST(AnEqualRegistrationGivesTheSameFamily) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const streamhouse_metric_options options = named("a_total");
  streamhouse_counter_family first, second;
  C_EXPECT(streamhouse_add_counter(registry, &options, &first).code == STREAMHOUSE_OK);
  C_EXPECT(streamhouse_add_counter(registry, &options, &second).code == STREAMHOUSE_OK);
  C_EXPECT(first.family == second.family);
  streamhouse_metric_options other = options;
  other.help = "Another help";
  C_EXPECT(add_counter(registry, other).code == STREAMHOUSE_ALREADY_EXISTS);
  streamhouse_registry_free(registry);
}

C_TEST(OptionsOfAnOlderProgramHaveTheDefaults) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_metric_options options = named("a_total");
  options.size = offsetof(streamhouse_metric_options, storage);
  options.storage = 77;  // behind the end of the older struct
  C_EXPECT(add_counter(registry, options).code == STREAMHOUSE_OK);
  C_EXPECT_TEXT(c_page(registry), "a_total 0\n");
  streamhouse_registry_free(registry);
}

C_TEST(OptionsOfANewerProgramAreRefusedWhereTheyAreSet) {
  C_EXPECT(add_newer(NULL).code == STREAMHOUSE_OK);
  const streamhouse_status refused = add_newer("set");
  C_EXPECT(refused.code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT_TEXT(refused.field, "size");
}

C_TEST(OptionsWithoutTheirSizeAreRefused) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_metric_options options = named("a_total");
  options.size = 0;
  const streamhouse_status added = add_counter(registry, options);
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT_TEXT(added.message, "size is not that of the struct");
  streamhouse_registry_free(registry);
}

// The array has one text: only the count is read.
C_TEST(ACountThatIsNoneIsRefused) {
  streamhouse_registry* registry = streamhouse_registry_new();
  const streamhouse_metric_options options = named("a");
  const char* const one[] = {"on"};
  streamhouse_state_set_family family;
  const streamhouse_status added = streamhouse_add_state_set(registry, &options, one, (size_t)-1, &family);
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT && family.family == NULL);
  C_EXPECT_TEXT(added.message, "state_count is above 64");
  streamhouse_registry_free(registry);
  const streamhouse_registry_options targets = {
      .size = sizeof(targets), .target_names = one, .target_values = one, .target_count = (size_t)-1};
  const streamhouse_status made = streamhouse_registry_new_with(&targets, &registry);
  C_EXPECT(made.code == STREAMHOUSE_INVALID_ARGUMENT && registry == NULL);
  C_EXPECT_TEXT(made.message, "target_count is above 64");
}

C_TEST(ASizeThatIsNoneIsRefused) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_metric_options options = named("a_total");
  options.size = (size_t)-1;
  const streamhouse_status added = add_counter(registry, options);
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT_TEXT(added.message, "size is not that of the struct");
  streamhouse_registry_free(registry);
}

C_TEST(AConstantThatIsNoneIsRefusedByName) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_metric_options options = named("a_total");
  options.exemplars = 2;
  C_EXPECT_TEXT(add_counter(registry, options).field, "exemplars");
  options = named("a_total");
  options.storage = -1;
  C_EXPECT_TEXT(add_counter(registry, options).field, "storage");
  streamhouse_registry_free(registry);
}

C_TEST(OptionsReachTheFamily) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const char* const labels[] = {"topic"};
  streamhouse_metric_options options = named("a_seconds_total");
  options.unit = "seconds";
  options.labels = labels;
  options.label_count = 1;
  options.storage = STREAMHOUSE_STORAGE_SHARED;
  options.series_max = 1;
  options.label_value_bytes_max = 32;
  options.expire_after_nanoseconds = 5;
  C_EXPECT(add_counter(registry, options).code == STREAMHOUSE_OK);
  options.label_value_bytes_max = 33;
  const streamhouse_status other = add_counter(registry, options);
  C_EXPECT_PART(other.message, "label_value_bytes_max 32");
  C_EXPECT_PART(other.message, "series_max 1");
  C_EXPECT_PART(other.message, "shared storage");
  C_EXPECT_PART(other.message, "expire_after in nanoseconds 5");
  streamhouse_registry_free(registry);
}

C_TEST(AggregationAndExemplarsReachTheFamily) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  streamhouse_metric_options options = named("age");
  options.aggregation = STREAMHOUSE_AGGREGATION_MAX;
  streamhouse_gauge_family gauge;
  C_EXPECT(streamhouse_add_gauge(registry, &options, &gauge).code == STREAMHOUSE_OK);
  options.exemplars = STREAMHOUSE_EXEMPLARS_SAMPLED;
  C_EXPECT(streamhouse_add_gauge(registry, &options, &gauge).code == STREAMHOUSE_INVALID_ARGUMENT);
  options = named("a_total");
  options.aggregation = STREAMHOUSE_AGGREGATION_MAX;
  C_EXPECT(add_counter(registry, options).code == STREAMHOUSE_INVALID_ARGUMENT);
  streamhouse_registry_free(registry);
}

C_TEST(MoreLabelsThanItsMaximumAreRefused) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const char* labels[STREAMHOUSE_LABELS_MAX + 1];
  for (int i = 0; i <= STREAMHOUSE_LABELS_MAX; ++i) labels[i] = "topic";
  streamhouse_metric_options options = named("a_total");
  options.labels = labels;
  options.label_count = STREAMHOUSE_LABELS_MAX + 1;
  C_EXPECT_TEXT(add_counter(registry, options).message, "label_count is above 64");
  streamhouse_registry_free(registry);
}

C_TEST(ValuesMayHaveLengthsInPlaceOfZeroBytes) {
  c_families families = c_families_new();
  const char* const values[] = {"orders/eu"};
  const size_t bytes[] = {6};
  streamhouse_counter_add(streamhouse_counter_with(families.counter, values, bytes, 1), 1);
  streamhouse_counter_add_at(families.counter, 2, values, bytes, 1);
  C_EXPECT_TEXT(c_page(families.registry), "counter_total{topic=\"orders\"} 3\n");
  c_families_free(&families);
}

C_TEST(AnotherNumberOfValuesGivesASinkThatIsCounted) {
  c_families families = c_families_new();
  C_EXPECT(streamhouse_add_core_metrics(families.registry).code == STREAMHOUSE_OK);
  const char* many[100];
  for (int i = 0; i < 100; ++i) many[i] = "a";
  C_EXPECT(streamhouse_counter_with(families.counter, NULL, NULL, 0).run == 0);
  C_EXPECT(streamhouse_counter_with(families.counter, many, NULL, 2).run == 0);
  streamhouse_counter_add_at(families.counter, 1, many, NULL, 100);
  C_EXPECT(!streamhouse_remove(families.counter.family, many, NULL, 65));
  C_EXPECT_PART(c_page(families.registry), "streamhouse_metrics_refused_lookups_total{family=\"counter_total\"} 4\n");
  c_families_free(&families);
}

C_TEST(AFamilyOfZeroBytesGivesSinks) {
  const streamhouse_counter_family none = {NULL};
  const streamhouse_gauge_family no_gauge = {NULL};
  C_EXPECT(streamhouse_counter_with(none, C_VALUE("a")).run == 0);
  C_EXPECT(streamhouse_gauge_with(no_gauge, C_VALUE("a")).cell == NULL);
  streamhouse_counter_add_at(none, 1, C_VALUE("a"));
  C_EXPECT(!streamhouse_remove(none.family, C_VALUE("a")));
  C_EXPECT_NUMBER(streamhouse_overflowed_lookups(none.family), 0);
}

static void record_at(const c_families* to) {
  streamhouse_counter_add_at(to->counter, 1, C_VALUE("a"));
  streamhouse_double_counter_add_at(to->double_counter, 0.5, C_VALUE("a"));
  streamhouse_up_down_counter_add_at(to->up_down_counter, -1, C_VALUE("a"));
  streamhouse_gauge_set_at(to->gauge, 3, C_VALUE("a"));
  streamhouse_gauge_add_at(to->gauge, 1, C_VALUE("a"));
  streamhouse_double_gauge_set_at(to->double_gauge, 3, C_VALUE("a"));
  streamhouse_double_gauge_add_at(to->double_gauge, 0.5, C_VALUE("a"));
  streamhouse_histogram_observe_at(to->histogram, 1, C_VALUE("a"));
  streamhouse_tick_histogram_observe_at(to->tick_histogram, 10, C_VALUE("a"));
  streamhouse_exponential_histogram_observe_at(to->exponential_histogram, 4, C_VALUE("a"));
  streamhouse_state_set_only_at(to->state_set, 1, C_VALUE("a"));
}

C_TEST(ALookUpRecordsWithoutAHandle) {
  c_families families = c_families_new();
  record_at(&families);
  record_at(&families);
  C_EXPECT_TEXT(c_page(families.registry),
                "counter_total{topic=\"a\"} 2\n"
                "double_counter_total{topic=\"a\"} 1\n"
                "up_down_counter{topic=\"a\"} -2\n"
                "gauge{topic=\"a\"} 4\n"
                "double_gauge{topic=\"a\"} 3.5\n"
                "histogram{topic=\"a\"} [2 0 0] sum 2 count 2\n"
                "tick_histogram{topic=\"a\"} [2 0 0] sum 2 count 2\n"
                "exponential_histogram{topic=\"a\"} [0 2 0] sum 8 count 2\n"
                "state_set{topic=\"a\"} is serving\n");
  c_families_free(&families);
}

// Few values are looked up by code of their number.
C_TEST(ALookUpFindsTheSeriesOfAnyNumberOfValues) {
  const char* const names[] = {"a", "b", "c", "d", "e"};
  const char* const values[] = {"1", "2", "3", "4", "5"};
  for (size_t count = 0; count <= 5; ++count) {
    streamhouse_registry* const registry = streamhouse_registry_new();
    streamhouse_metric_options options = named("a_total");
    options.labels = names;
    options.label_count = count;
    streamhouse_counter_family family;
    C_EXPECT(streamhouse_add_counter(registry, &options, &family).code == STREAMHOUSE_OK);
    streamhouse_counter_add(streamhouse_counter_with(family, values, NULL, count), 1);
    streamhouse_counter_add_at(family, 2, values, NULL, count);
    C_EXPECT_PART(c_page(registry), count == 0 ? "a_total 3" : "} 3");
    streamhouse_registry_free(registry);
  }
}

C_TEST(BeyondItsLimitLabelSetsOverflow) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const char* const labels[] = {"topic"};
  streamhouse_metric_options options = named("a_total");
  options.labels = labels;
  options.label_count = 1;
  options.series_max = 1;
  streamhouse_counter_family family;
  C_EXPECT(streamhouse_add_counter(registry, &options, &family).code == STREAMHOUSE_OK);
  streamhouse_counter_add_at(family, 1, C_VALUE("a"));
  streamhouse_counter_add_at(family, 2, C_VALUE("b"));
  C_EXPECT_TEXT(c_page(registry), "a_total{topic=\"a\"} 1\na_total{topic=\"_overflow\"} 2\n");
  C_EXPECT_NUMBER(streamhouse_overflowed_lookups(family.family), 1);
  streamhouse_registry_free(registry);
}

C_TEST(AHandleOutlivesItsRegistry) {
  c_families families = c_families_new();
  streamhouse_counter counter = streamhouse_counter_with(families.counter, C_VALUE("a"));
  const streamhouse_gauge gauge = streamhouse_gauge_with(families.gauge, C_VALUE("a"));
  c_families_free(&families);
  streamhouse_counter_add(counter, 1);
  streamhouse_gauge_set(gauge, 1);
  streamhouse_counter_release(&counter);
}

C_TEST(AnInfoShowsItsLabels) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const char* const labels[] = {"version"};
  streamhouse_metric_options options = named("broker_info");
  options.labels = labels;
  options.label_count = 1;
  streamhouse_info_family info;
  C_EXPECT(streamhouse_add_info(registry, &options, &info).code == STREAMHOUSE_OK);
  streamhouse_info_show(info, C_VALUE("2.0"));
  streamhouse_info_show(info, C_VALUE("2.0"));
  C_EXPECT_TEXT(c_page(registry), "broker_info{version=\"2.0\"}\n");
  streamhouse_registry_free(registry);
}

C_TEST(ARegistryTellsWhatItDescribes) {
  const char* const names[] = {"service.name"};
  const char* const values[] = {"relay"};
  const streamhouse_registry_options options = {
      .size = sizeof(options), .target_names = names, .target_values = values, .target_count = 1};
  streamhouse_registry* registry = NULL;
  C_EXPECT(streamhouse_registry_new_with(&options, &registry).code == STREAMHOUSE_OK);
  C_EXPECT_TEXT(c_page(registry), "target_info{service_name=\"relay\"}\n");
  streamhouse_registry_free(registry);
}

C_TEST(ARegistryRefusesATargetWithoutName) {
  const char* const names[] = {""};
  const char* const values[] = {"relay"};
  streamhouse_registry_options options = {
      .size = sizeof(options), .target_names = names, .target_values = values, .target_count = 1};
  streamhouse_registry* registry = NULL;
  const streamhouse_status made = streamhouse_registry_new_with(&options, &registry);
  C_EXPECT(made.code == STREAMHOUSE_INVALID_ARGUMENT && registry == NULL);
  C_EXPECT_TEXT(made.field, "target_names");
  options.target_count = 0;
  options.names = 9;
  C_EXPECT_TEXT(streamhouse_registry_new_with(&options, &registry).field, "names");
}

C_TEST(ARegistryWithUtf8NamesTakesThem) {
  const streamhouse_registry_options options = {
      .size = sizeof(options), .names = STREAMHOUSE_NAMES_UTF8, .creation_times = STREAMHOUSE_CREATION_TIMES_NOT_KEPT};
  streamhouse_registry* registry = NULL;
  C_EXPECT(streamhouse_registry_new_with(&options, &registry).code == STREAMHOUSE_OK);
  C_EXPECT(add_counter(registry, named("broker.sent_total")).code == STREAMHOUSE_OK);
  C_EXPECT_TEXT(c_page(registry), "broker.sent_total 0\n");
  streamhouse_registry_free(registry);
}

C_TEST(MetricsOfProcessCoreAndBuildAreAddedOnce) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  for (int i = 0; i < 2; ++i) {
    C_EXPECT(streamhouse_add_process_metrics(registry).code == STREAMHOUSE_OK);
    C_EXPECT(streamhouse_add_core_metrics(registry).code == STREAMHOUSE_OK);
    C_EXPECT(streamhouse_add_build_info(registry, "relay", "2.0", "").code == STREAMHOUSE_OK);
  }
  const char* const page = c_page(registry);
  C_EXPECT_PART(page, "process_threads ");
  C_EXPECT_PART(page, "streamhouse_metrics_shards ");
  C_EXPECT_PART(page, "relay_build_info{version=\"2.0\"");
  streamhouse_registry_free(registry);
}

C_TEST(BoundsAreCalculatedAsOnPaper) {
  double bounds[3];
  C_EXPECT(streamhouse_linear_bounds(0.1, 0.1, 3, bounds).code == STREAMHOUSE_OK);
  C_EXPECT(bounds[0] == 0.1 && bounds[1] == 0.2 && bounds[2] == 0.3);
  C_EXPECT(streamhouse_exponential_bounds(0.001, 10, 3, bounds).code == STREAMHOUSE_OK);
  C_EXPECT(bounds[0] == 0.001 && bounds[1] == 0.01 && bounds[2] == 0.1);
  C_EXPECT(streamhouse_exponential_bounds(0, 10, 3, bounds).code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT(streamhouse_linear_bounds(0, 1, (size_t)-1, bounds).code == STREAMHOUSE_INVALID_ARGUMENT);
}

C_TEST(BoundsThatDoNotAscendAreRefused) {
  streamhouse_registry* const registry = streamhouse_registry_new();
  const streamhouse_metric_options options = named("a");
  const double bounds[] = {2, 1};
  streamhouse_histogram_family histogram;
  streamhouse_tick_histogram_family ticks;
  streamhouse_exponential_histogram_family exponential;
  C_EXPECT(streamhouse_add_histogram(registry, &options, bounds, 2, &histogram).code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT(streamhouse_add_tick_histogram(registry, &options, bounds, 2, 1, &ticks).code ==
           STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT(streamhouse_add_exponential_histogram(registry, &options, bounds, 2, &exponential).code ==
           STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT(histogram.family == NULL && ticks.family == NULL && exponential.family == NULL);
  streamhouse_registry_free(registry);
}

C_TEST(TheVersionIsThatOfTheLibrary) {
  C_EXPECT(strlen(streamhouse_version()) >= sizeof("0.1.0") - 1);
  streamhouse_registry_free(NULL);
}

const char c_suite[] = "CRegistryTest";
const c_case c_cases[] = {
    C_CASE(ARefusalNamesTheMetricAndTheRule),
    C_CASE(AnEqualRegistrationGivesTheSameFamily),
    C_CASE(OptionsOfAnOlderProgramHaveTheDefaults),
    C_CASE(OptionsOfANewerProgramAreRefusedWhereTheyAreSet),
    C_CASE(OptionsWithoutTheirSizeAreRefused),
    C_CASE(ACountThatIsNoneIsRefused),
    C_CASE(ASizeThatIsNoneIsRefused),
    C_CASE(AConstantThatIsNoneIsRefusedByName),
    C_CASE(OptionsReachTheFamily),
    C_CASE(AggregationAndExemplarsReachTheFamily),
    C_CASE(MoreLabelsThanItsMaximumAreRefused),
    C_CASE(ValuesMayHaveLengthsInPlaceOfZeroBytes),
    C_CASE(AnotherNumberOfValuesGivesASinkThatIsCounted),
    C_CASE(AFamilyOfZeroBytesGivesSinks),
    C_CASE(ALookUpRecordsWithoutAHandle),
    C_CASE(ALookUpFindsTheSeriesOfAnyNumberOfValues),
    C_CASE(BeyondItsLimitLabelSetsOverflow),
    C_CASE(AHandleOutlivesItsRegistry),
    C_CASE(AnInfoShowsItsLabels),
    C_CASE(ARegistryTellsWhatItDescribes),
    C_CASE(ARegistryRefusesATargetWithoutName),
    C_CASE(ARegistryWithUtf8NamesTakesThem),
    C_CASE(MetricsOfProcessCoreAndBuildAreAddedOnce),
    C_CASE(BoundsAreCalculatedAsOnPaper),
    C_CASE(BoundsThatDoNotAscendAreRefused),
    C_CASE(TheVersionIsThatOfTheLibrary),
    C_NO_CASE,
};
