#include "metrics_core/c_api/callbacks.h"

#include <math.h>
#include <pthread.h>

#include "tests/metrics_core/c_api/c_page.h"
#include "tests/support/c_cases.h"

// What a program has for a callback, and how often it was destroyed.
typedef struct queue {
  double records;
  int destroyed;
  streamhouse_token* own_token;
} queue;

typedef struct fixture {
  streamhouse_registry* registry;
  streamhouse_number_callbacks* numbers;
  streamhouse_histogram_callbacks* histograms;
  streamhouse_summary_callbacks* summaries;
} fixture;

static const char* const ingest[] = {"ingest"};
static const double one_bound[] = {4};

static streamhouse_metric_options labelled(const char* name) {
  static const char* const labels[] = {"queue"};
  return (streamhouse_metric_options){
      .size = sizeof(streamhouse_metric_options), .name = name, .help = "Help", .labels = labels, .label_count = 1};
}

static fixture set_up(void) {
  fixture made = {.registry = streamhouse_registry_new()};
  streamhouse_metric_options options = labelled("depth");
  C_EXPECT(streamhouse_add_callback_gauge(made.registry, &options, &made.numbers).code == STREAMHOUSE_OK);
  options = labelled("sizes");
  C_EXPECT(streamhouse_add_callback_histogram(made.registry, &options, one_bound, 1, &made.histograms).code ==
           STREAMHOUSE_OK);
  options = labelled("waits");
  const double half = 0.5;
  C_EXPECT(streamhouse_add_callback_summary(made.registry, &options, &half, 1, &made.summaries).code == STREAMHOUSE_OK);
  return made;
}

static double records_of(void* of) {
  return ((queue*)of)->records;
}

static void destroy(void* of) {
  ++((queue*)of)->destroyed;
}

static streamhouse_token* add(streamhouse_number_callbacks* to, queue* of) {
  const streamhouse_number_callback callback = {.read = records_of, .user_data = of, .destroy = destroy};
  streamhouse_token* token = NULL;
  C_EXPECT(streamhouse_number_callback_add(to, callback, ingest, NULL, 1, &token).code == STREAMHOUSE_OK);
  return token;
}

C_TEST(AValueIsAskedForAtEachScrape) {
  const fixture set = set_up();
  queue here = {.records = 1};
  streamhouse_token* const token = add(set.numbers, &here);
  C_EXPECT_TEXT(c_page(set.registry), "depth{queue=\"ingest\"} 1\n");
  here.records = 2.5;
  C_EXPECT_TEXT(c_page(set.registry), "depth{queue=\"ingest\"} 2.5\n");
  here.records = NAN;
  C_EXPECT_TEXT(c_page(set.registry), "");
  streamhouse_token_free(token);
  streamhouse_registry_free(set.registry);
}

C_TEST(UserDataIsDestroyedOnceWithTheToken) {
  const fixture set = set_up();
  queue here = {.records = 1};
  streamhouse_token* const token = add(set.numbers, &here);
  c_page(set.registry);
  C_EXPECT_NUMBER(here.destroyed, 0);
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(here.destroyed, 1);
  C_EXPECT_TEXT(c_page(set.registry), "");
  streamhouse_registry_free(set.registry);
  C_EXPECT_NUMBER(here.destroyed, 1);
}

C_TEST(UserDataIsDestroyedWhereTheCallbackIsRefused) {
  const fixture set = set_up();
  queue here = {.records = 1};
  const streamhouse_number_callback callback = {.read = records_of, .user_data = &here, .destroy = destroy};
  streamhouse_token* token = (streamhouse_token*)&here;
  const streamhouse_status added = streamhouse_number_callback_add(set.numbers, callback, NULL, NULL, 0, &token);
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT && token == NULL);
  C_EXPECT_TEXT(added.message, "metric \"depth\": 0 label values for 1 labels");
  C_EXPECT_NUMBER(here.destroyed, 1);
  streamhouse_registry_free(set.registry);
}

C_TEST(ATokenOutlivesItsRegistry) {
  const fixture set = set_up();
  queue here = {.records = 1};
  streamhouse_token* const token = add(set.numbers, &here);
  streamhouse_registry_free(set.registry);
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(here.destroyed, 1);
  streamhouse_token_free(NULL);
}

static double free_own_token(void* of) {
  queue* const here = of;
  streamhouse_token_free(here->own_token);
  here->own_token = NULL;
  C_EXPECT_NUMBER(here->destroyed, 0);
  return 1;
}

C_TEST(ACallbackMayFreeItsOwnToken) {
  const fixture set = set_up();
  queue here = {.records = 1};
  const streamhouse_number_callback callback = {.read = free_own_token, .user_data = &here, .destroy = destroy};
  C_EXPECT(streamhouse_number_callback_add(set.numbers, callback, ingest, NULL, 1, &here.own_token).code ==
           STREAMHOUSE_OK);
  c_page(set.registry);
  C_EXPECT_NUMBER(here.destroyed, 1);
  C_EXPECT_TEXT(c_page(set.registry), "");
  streamhouse_registry_free(set.registry);
}

static bool sizes_of(void* of, uint64_t* bucket_counts, size_t bucket_count, double* sum) {
  C_EXPECT_NUMBER(bucket_count, 2);
  C_EXPECT_NUMBER(bucket_counts[0] + bucket_counts[1], 0);
  bucket_counts[0] = 2;
  bucket_counts[1] = 1;
  *sum = records_of(of);
  return *sum != 0;
}

C_TEST(AHistogramIsFilledByItsCallback) {
  const fixture set = set_up();
  queue here = {.records = 9};
  const streamhouse_histogram_callback callback = {.read = sizes_of, .user_data = &here, .destroy = destroy};
  streamhouse_token* token;
  C_EXPECT(streamhouse_histogram_callback_add(set.histograms, callback, ingest, NULL, 1, &token).code ==
           STREAMHOUSE_OK);
  C_EXPECT_TEXT(c_page(set.registry), "sizes{queue=\"ingest\"} [2 1] sum 9 count 3\n");
  here.records = 0;
  C_EXPECT_TEXT(c_page(set.registry), "");
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(here.destroyed, 1);
  streamhouse_registry_free(set.registry);
}

static bool waits_of(void* of, double* quantile_values, size_t quantile_count, double* sum, uint64_t* count) {
  C_EXPECT_NUMBER(quantile_count, 1);
  quantile_values[0] = 0.25;
  *sum = records_of(of);
  *count = 7;
  return *sum != 0;
}

C_TEST(ASummaryIsFilledByItsCallback) {
  const fixture set = set_up();
  queue here = {.records = 2};
  const streamhouse_summary_callback callback = {.read = waits_of, .user_data = &here, .destroy = destroy};
  streamhouse_token* token;
  C_EXPECT(streamhouse_summary_callback_add(set.summaries, callback, ingest, NULL, 1, &token).code == STREAMHOUSE_OK);
  C_EXPECT_TEXT(c_page(set.registry), "waits{queue=\"ingest\"} 0.5: 0.25 sum 2 count 7\n");
  here.records = 0;
  C_EXPECT_TEXT(c_page(set.registry), "");
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(here.destroyed, 1);
  streamhouse_registry_free(set.registry);
}

C_TEST(ACallbackWithoutValueIsCountedAsFailed) {
  const fixture set = set_up();
  C_EXPECT(streamhouse_add_core_metrics(set.registry).code == STREAMHOUSE_OK);
  queue here = {.records = 0};
  const streamhouse_histogram_callback histogram = {.read = sizes_of, .user_data = &here};
  const streamhouse_summary_callback summary = {.read = waits_of, .user_data = &here};
  streamhouse_token* tokens[2];
  C_EXPECT(streamhouse_histogram_callback_add(set.histograms, histogram, ingest, NULL, 1, &tokens[0]).code == 0);
  C_EXPECT(streamhouse_summary_callback_add(set.summaries, summary, ingest, NULL, 1, &tokens[1]).code == 0);
  c_page(set.registry);
  const char* const page = c_page(set.registry);
  C_EXPECT_PART(page, "streamhouse_metrics_failed_callbacks_total{family=\"sizes\"} 2\n");
  C_EXPECT_PART(page, "streamhouse_metrics_failed_callbacks_total{family=\"waits\"} 2\n");
  for (int i = 0; i < 2; ++i) streamhouse_token_free(tokens[i]);
  streamhouse_registry_free(set.registry);
}

static void all_queues(void* of, streamhouse_samples* samples) {
  const char* const names[] = {"ingest/x", "retry/x"};
  const size_t bytes[] = {6, 5};
  for (int i = 0; i < 2; ++i) streamhouse_samples_add(samples, records_of(of) + i, &names[i], &bytes[i], 1);
  streamhouse_samples_add(samples, 9, NULL, NULL, 0);
}

C_TEST(OneCallbackGivesManySeries) {
  const fixture set = set_up();
  queue here = {.records = 3};
  const streamhouse_many_callback callback = {.read = all_queues, .user_data = &here, .destroy = destroy};
  streamhouse_token* const token = streamhouse_many_callback_add(set.numbers, callback);
  C_EXPECT_TEXT(c_page(set.registry), "depth{queue=\"ingest\"} 3\ndepth{queue=\"retry\"} 4\n");
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(here.destroyed, 1);
  C_EXPECT_TEXT(c_page(set.registry), "");
  streamhouse_registry_free(set.registry);
}

C_TEST(ARefusedFamilyIsNull) {
  const fixture set = set_up();
  streamhouse_metric_options options = labelled("depth");
  streamhouse_number_callbacks *same, *other = set.numbers;
  C_EXPECT(streamhouse_add_callback_gauge(set.registry, &options, &same).code == STREAMHOUSE_OK);
  C_EXPECT(same == set.numbers);
  C_EXPECT(streamhouse_add_callback_counter(set.registry, &options, &other).code == STREAMHOUSE_INVALID_ARGUMENT);
  C_EXPECT(other == NULL);
  options = labelled("seen_total");
  C_EXPECT(streamhouse_add_callback_counter(set.registry, &options, &other).code == STREAMHOUSE_OK);
  C_EXPECT(other != NULL);
  streamhouse_registry_free(set.registry);
}

static void* scrape(void* registry) {
  for (int i = 0; i < 200; ++i) c_page(registry);
  return NULL;
}

// Memory of freed user data would be read here, which the sanitizers see.
C_TEST(NoCallbackRunsAfterItsTokenIsFreed) {
  const fixture set = set_up();
  pthread_t scraper;
  pthread_create(&scraper, NULL, scrape, set.registry);
  for (int i = 0; i < 200; ++i) {
    queue here = {.records = i};
    streamhouse_token_free(add(set.numbers, &here));
    C_EXPECT_NUMBER(here.destroyed, 1);
  }
  pthread_join(scraper, NULL);
  streamhouse_registry_free(set.registry);
}

const char c_suite[] = "CCallbacksTest";
const c_case c_cases[] = {
    C_CASE(AValueIsAskedForAtEachScrape),
    C_CASE(UserDataIsDestroyedOnceWithTheToken),
    C_CASE(UserDataIsDestroyedWhereTheCallbackIsRefused),
    C_CASE(ATokenOutlivesItsRegistry),
    C_CASE(ACallbackMayFreeItsOwnToken),
    C_CASE(AHistogramIsFilledByItsCallback),
    C_CASE(ASummaryIsFilledByItsCallback),
    C_CASE(ACallbackWithoutValueIsCountedAsFailed),
    C_CASE(OneCallbackGivesManySeries),
    C_CASE(ARefusedFamilyIsNull),
    C_CASE(NoCallbackRunsAfterItsTokenIsFreed),
    C_NO_CASE,
};
