#include "metrics_core/c_api/callbacks.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

C_TEST(MoreQuantilesThanItsMaximumAreRefused) {
  const fixture set = set_up();
  const streamhouse_metric_options options = labelled("more");
  const double half = 0.5;
  streamhouse_summary_callbacks* refused = set.summaries;
  const streamhouse_status added =
      streamhouse_add_callback_summary(set.registry, &options, &half, (size_t)-1, &refused);
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT && refused == NULL);
  C_EXPECT_TEXT(added.message, "quantile_count is above 256");
  streamhouse_registry_free(set.registry);
}

C_TEST(MoreBoundsThanItsMaximumAreRefused) {
  const fixture set = set_up();
  double bounds[300];
  for (int i = 0; i < 300; ++i) bounds[i] = i;
  const streamhouse_metric_options options = labelled("delays");
  streamhouse_histogram_callbacks* family = set.histograms;
  const streamhouse_status added =
      streamhouse_add_callback_histogram(set.registry, &options, bounds, SIZE_MAX, &family);
  C_EXPECT(added.code == STREAMHOUSE_INVALID_ARGUMENT && family == NULL);
  streamhouse_registry_free(set.registry);
}

// A program waits for what another thread does.
static void wait_for(const atomic_bool* is_true) {
  const time_t deadline = time(NULL) + 60;
  while (!*is_true && time(NULL) < deadline) sched_yield();
  C_EXPECT(*is_true);
}

typedef struct scraper {
  streamhouse_registry* registry;
  atomic_bool stops;
} scraper;

static void* scrape(void* of) {
  scraper* const self = of;
  while (!self->stops) c_page(self->registry);
  return NULL;
}

// What one callback has, on the heap: its memory is gone once the token is freed.
typedef struct use {
  atomic_bool has_run;
  atomic_bool is_destroyed;
} use;

static double run(void* of) {
  use* const here = of;
  C_EXPECT(!here->is_destroyed);
  here->has_run = true;
  return 1;
}

static void end_use(void* of) {
  ((use*)of)->is_destroyed = true;
}

// The scraper goes on without a pause, so that callbacks run while tokens are freed. The sanitizers
// see a callback that reads memory which is gone.
C_TEST(NoCallbackRunsAfterItsTokenIsFreed) {
  const fixture set = set_up();
  scraper other = {.registry = set.registry};
  pthread_t thread;
  pthread_create(&thread, NULL, scrape, &other);
  for (int i = 0; i < 200; ++i) {
    use* const here = calloc(1, sizeof(use));
    const streamhouse_number_callback callback = {.read = run, .user_data = here, .destroy = end_use};
    streamhouse_token* token = NULL;
    C_EXPECT(streamhouse_number_callback_add(set.numbers, callback, ingest, NULL, 1, &token).code == STREAMHOUSE_OK);
    wait_for(&here->has_run);
    streamhouse_token_free(token);
    C_EXPECT(here->is_destroyed);
    free(here);
  }
  other.stops = true;
  pthread_join(thread, NULL);
  streamhouse_registry_free(set.registry);
}

// A callback that is held inside, and a thread that frees its token meanwhile.
typedef struct held {
  streamhouse_registry* registry;
  streamhouse_token* token;
  atomic_bool is_inside;
  atomic_bool may_leave;
  atomic_long freeing_thread;  // 0 before it frees
  atomic_bool is_freed;
} held;

static double stay(void* of) {
  held* const here = of;
  here->is_inside = true;
  wait_for(&here->may_leave);
  C_EXPECT(!here->is_freed);
  return 1;
}

static void* scrape_once(void* of) {
  c_page(((held*)of)->registry);
  return NULL;
}

// Of the calling thread.
static long thread_number(void) {
  long number = 0;
  FILE* const file = fopen("/proc/thread-self/stat", "r");
  C_EXPECT(file != NULL && fscanf(file, "%ld", &number) == 1);
  if (file != NULL) fclose(file);
  return number;
}

static void* free_token(void* of) {
  held* const here = of;
  here->freeing_thread = thread_number();
  streamhouse_token_free(here->token);
  here->is_freed = true;
  return NULL;
}

// Whether the thread waits for something, as the system says.
static bool is_waiting(long thread) {
  char path[64], line[256] = "";
  snprintf(path, sizeof(path), "/proc/self/task/%ld/stat", thread);
  FILE* const file = fopen(path, "r");
  if (file == NULL) return false;
  const char* const end_of_name = fgets(line, sizeof(line), file) == NULL ? NULL : strrchr(line, ')');
  fclose(file);
  return end_of_name != NULL && end_of_name[2] == 'S';
}

C_TEST(FreeingATokenWaitsForItsCallback) {
  const fixture set = set_up();
  held here = {.registry = set.registry};
  const streamhouse_number_callback callback = {.read = stay, .user_data = &here};
  C_EXPECT(streamhouse_number_callback_add(set.numbers, callback, ingest, NULL, 1, &here.token).code == 0);
  pthread_t scraping, freeing;
  pthread_create(&scraping, NULL, scrape_once, &here);
  wait_for(&here.is_inside);
  pthread_create(&freeing, NULL, free_token, &here);
  // It waits in the call, or has returned too early.
  while (!here.is_freed && !(here.freeing_thread != 0 && is_waiting(here.freeing_thread))) sched_yield();
  C_EXPECT(!here.is_freed);
  here.may_leave = true;
  pthread_join(scraping, NULL);
  pthread_join(freeing, NULL);
  C_EXPECT(here.is_freed);
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
    C_CASE(MoreQuantilesThanItsMaximumAreRefused),
    C_CASE(MoreBoundsThanItsMaximumAreRefused),
    C_CASE(NoCallbackRunsAfterItsTokenIsFreed),
    C_CASE(FreeingATokenWaitsForItsCallback),
    C_NO_CASE,
};
