// Every kind of handle, as a program in C uses it.
#include "metrics_core/c_api/recording.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/metrics_core/c_api/c_families.h"
#include "tests/metrics_core/c_api/c_page.h"
#include "tests/support/c_cases.h"

enum { THREADS = 8, RECORDINGS = 10000 };

// Handles of one series of each kind.
typedef struct handles {
  streamhouse_counter counter;
  streamhouse_double_counter double_counter;
  streamhouse_up_down_counter up_down_counter;
  streamhouse_gauge gauge;
  streamhouse_double_gauge double_gauge;
  streamhouse_histogram histogram;
  streamhouse_tick_histogram tick_histogram;
  streamhouse_exponential_histogram exponential_histogram;
  streamhouse_state_set state_set;
} handles;

static handles handles_of(const c_families* families, const char* topic) {
  return (handles){
      .counter = streamhouse_counter_with(families->counter, C_VALUE(topic)),
      .double_counter = streamhouse_double_counter_with(families->double_counter, C_VALUE(topic)),
      .up_down_counter = streamhouse_up_down_counter_with(families->up_down_counter, C_VALUE(topic)),
      .gauge = streamhouse_gauge_with(families->gauge, C_VALUE(topic)),
      .double_gauge = streamhouse_double_gauge_with(families->double_gauge, C_VALUE(topic)),
      .histogram = streamhouse_histogram_with(families->histogram, C_VALUE(topic)),
      .tick_histogram = streamhouse_tick_histogram_with(families->tick_histogram, C_VALUE(topic)),
      .exponential_histogram = streamhouse_exponential_histogram_with(families->exponential_histogram, C_VALUE(topic)),
      .state_set = streamhouse_state_set_with(families->state_set, C_VALUE(topic)),
  };
}

static void release(handles* held) {
  streamhouse_counter_release(&held->counter);
  streamhouse_double_counter_release(&held->double_counter);
  streamhouse_up_down_counter_release(&held->up_down_counter);
  streamhouse_gauge_release(&held->gauge);
  streamhouse_double_gauge_release(&held->double_gauge);
  streamhouse_histogram_release(&held->histogram);
  streamhouse_tick_histogram_release(&held->tick_histogram);
  streamhouse_exponential_histogram_release(&held->exponential_histogram);
  streamhouse_state_set_release(&held->state_set);
}

static void record(const handles* to) {
  streamhouse_counter_add(to->counter, 2);
  streamhouse_double_counter_add(to->double_counter, 0.5);
  streamhouse_up_down_counter_add(to->up_down_counter, 5);
  streamhouse_up_down_counter_add(to->up_down_counter, -2);
  streamhouse_gauge_set(to->gauge, -7);
  streamhouse_gauge_add(to->gauge, 3);
  streamhouse_double_gauge_set(to->double_gauge, 1.5);
  streamhouse_double_gauge_add(to->double_gauge, 0.25);
  streamhouse_histogram_observe(to->histogram, 4);
  streamhouse_tick_histogram_observe(to->tick_histogram, 41);
  streamhouse_exponential_histogram_observe(to->exponential_histogram, 1);
  streamhouse_state_set_only(to->state_set, 0);
  streamhouse_state_set_turn_on(to->state_set, 1);
  streamhouse_state_set_turn_off(to->state_set, 0);
}

// What record() leaves behind; the second time, the cells of the thread are there.
static const char recorded_once[] =
    "counter_total{topic=\"a\"} 2\n"
    "double_counter_total{topic=\"a\"} 0.5\n"
    "up_down_counter{topic=\"a\"} 3\n"
    "gauge{topic=\"a\"} -4\n"
    "double_gauge{topic=\"a\"} 1.75\n"
    "histogram{topic=\"a\"} [0 1 0] sum 4 count 1\n"
    "tick_histogram{topic=\"a\"} [0 0 1] sum 4.0999999999999996 count 1\n"
    "exponential_histogram{topic=\"a\"} [1 0 0] sum 1 count 1\n"
    "state_set{topic=\"a\"} is serving\n";
static const char recorded_twice[] =
    "counter_total{topic=\"a\"} 4\n"
    "double_counter_total{topic=\"a\"} 1\n"
    "up_down_counter{topic=\"a\"} 6\n"
    "gauge{topic=\"a\"} -4\n"
    "double_gauge{topic=\"a\"} 1.75\n"
    "histogram{topic=\"a\"} [0 2 0] sum 8 count 2\n"
    "tick_histogram{topic=\"a\"} [0 0 2] sum 8.1999999999999993 count 2\n"
    "exponential_histogram{topic=\"a\"} [2 0 0] sum 2 count 2\n"
    "state_set{topic=\"a\"} is serving\n";

C_TEST(EveryKindShowsWhatWasRecorded) {
  c_families families = c_families_new();
  const handles a = handles_of(&families, "a");
  record(&a);
  C_EXPECT_TEXT(c_page(families.registry), recorded_once);
  record(&a);
  C_EXPECT_TEXT(c_page(families.registry), recorded_twice);
  c_families_free(&families);
}

C_TEST(ACopyOfAHandleStandsForTheSameSeries) {
  c_families families = c_families_new();
  const handles a = handles_of(&families, "a");
  const handles copy = a;
  record(&copy);
  C_EXPECT_TEXT(c_page(families.registry), recorded_once);
  c_families_free(&families);
}

C_TEST(AHandleOfZeroBytesIsASink) {
  c_families families = c_families_new();
  const handles sinks = {.counter = {0}};
  record(&sinks);
  record(&sinks);
  C_EXPECT_TEXT(c_page(families.registry), "");
  c_families_free(&families);
}

C_TEST(AReleasedHandleIsASink) {
  c_families families = c_families_new();
  handles a = handles_of(&families, "a");
  record(&a);
  release(&a);
  record(&a);
  release(&a);
  C_EXPECT_TEXT(c_page(families.registry), recorded_once);
  c_families_free(&families);
}

C_TEST(TheNextSeriesInReleasedCellsBeginsAtZero) {
  c_families families = c_families_new();
  streamhouse_counter first = streamhouse_counter_with(families.counter, C_VALUE("first"));
  const uint32_t run = first.run;
  streamhouse_counter_add(first, 9);
  C_EXPECT(streamhouse_remove(families.counter.family, C_VALUE("first")));
  streamhouse_counter_release(&first);
  const streamhouse_counter second = streamhouse_counter_with(families.counter, C_VALUE("second"));
  C_EXPECT(second.run == run);
  C_EXPECT_TEXT(c_page(families.registry), "counter_total{topic=\"second\"} 0\n");
  c_families_free(&families);
}

C_TEST(CellsOfAHeldHandleAreNotReused) {
  c_families families = c_families_new();
  const streamhouse_counter held = streamhouse_counter_with(families.counter, C_VALUE("held"));
  C_EXPECT(streamhouse_remove(families.counter.family, C_VALUE("held")));
  const streamhouse_counter second = streamhouse_counter_with(families.counter, C_VALUE("second"));
  streamhouse_counter_add(held, 1);
  C_EXPECT(second.run != held.run);
  C_EXPECT_TEXT(c_page(families.registry), "counter_total{topic=\"second\"} 0\n");
  c_families_free(&families);
}

C_TEST(ValuesWithoutAPlaceAreDropped) {
  c_families families = c_families_new();
  const handles a = handles_of(&families, "a");
  record(&a);
  streamhouse_double_counter_add(a.double_counter, -1);
  streamhouse_double_counter_add(a.double_counter, INFINITY);
  streamhouse_double_counter_add(a.double_counter, NAN);
  streamhouse_histogram_observe(a.histogram, NAN);
  streamhouse_tick_histogram_observe(a.tick_histogram, (uint64_t)-1);
  streamhouse_exponential_histogram_observe(a.exponential_histogram, -1);
  streamhouse_state_set_turn_on(a.state_set, 64);
  C_EXPECT_TEXT(c_page(families.registry), recorded_once);
  c_families_free(&families);
}

C_TEST(AHistogramCountsNegativeAndInfiniteValues) {
  c_families families = c_families_new();
  const streamhouse_histogram histogram = streamhouse_histogram_with(families.histogram, C_VALUE("a"));
  streamhouse_histogram_observe(histogram, -2);
  streamhouse_histogram_observe(histogram, INFINITY);
  C_EXPECT_TEXT(c_page(families.registry), "histogram{topic=\"a\"} [1 0 1] sum -2 count 2\n");
  c_families_free(&families);
}

static void* record_many(void* handles_of_all) {
  const handles* const to = handles_of_all;
  for (int i = 0; i < RECORDINGS; ++i) {
    streamhouse_counter_add(to->counter, 1);
    streamhouse_up_down_counter_add(to->up_down_counter, i % 2 == 0 ? 1 : -1);
    streamhouse_gauge_add(to->gauge, 1);
    streamhouse_double_gauge_add(to->double_gauge, 1);
    streamhouse_histogram_observe(to->histogram, 1);
  }
  return NULL;
}

C_TEST(NoRecordingOfManyThreadsIsLost) {
  c_families families = c_families_new();
  handles a = handles_of(&families, "a");
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; ++i) pthread_create(&threads[i], NULL, record_many, &a);
  for (int i = 0; i < 20; ++i) c_page(families.registry);
  for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
  const char* const page = c_page(families.registry);
  C_EXPECT_PART(page, "counter_total{topic=\"a\"} 80000\n");
  C_EXPECT_PART(page, "up_down_counter{topic=\"a\"} 0\n");
  C_EXPECT_PART(page, "\ngauge{topic=\"a\"} 80000\n");
  C_EXPECT_PART(page, "double_gauge{topic=\"a\"} 80000\n");
  C_EXPECT_PART(page, "\nhistogram{topic=\"a\"} [80000 0 0] sum 80000 count 80000\n");
  c_families_free(&families);
}

// In a child: prints nothing, and ends with what its page says.
static int counts_four(streamhouse_registry* registry) {
  return strstr(c_page(registry), "counter_total{topic=\"a\"} 4\n") != NULL ? 0 : 1;
}

C_TEST(AChildOfAForkRecordsOn) {
  c_families families = c_families_new();
  const handles a = handles_of(&families, "a");
  record(&a);
  const pid_t child = fork();
  if (child == 0) {
    record(&a);
    _exit(counts_four(families.registry));
  }
  int status = -1;
  waitpid(child, &status, 0);
  C_EXPECT_NUMBER(status, 0);
  C_EXPECT_TEXT(c_page(families.registry), recorded_once);
  c_families_free(&families);
}

C_TEST(ASampledHeaderHasATrace) {
  static const char header[] = "00-0102030405060708090a0b0c0d0e0f10-1112131415161718-01";
  const streamhouse_trace trace = streamhouse_sampled_trace(header, sizeof(header) - 1);
  C_EXPECT(trace.id_high == 0x0102030405060708U && trace.id_low == 0x090a0b0c0d0e0f10U);
  C_EXPECT(trace.span_id == 0x1112131415161718U);
  const streamhouse_trace none = streamhouse_sampled_trace("no header", 9);
  C_EXPECT(none.id_high == 0 && none.id_low == 0 && none.span_id == 0);
}

C_TEST(TheClockGoesOn) {
  const uint64_t start = streamhouse_now_nanoseconds();
  C_EXPECT(start != 0);
  C_EXPECT(streamhouse_now_nanoseconds() >= start);
}

const char c_suite[] = "CRecordingTest";
const c_case c_cases[] = {
    C_CASE(EveryKindShowsWhatWasRecorded),
    C_CASE(ACopyOfAHandleStandsForTheSameSeries),
    C_CASE(AHandleOfZeroBytesIsASink),
    C_CASE(AReleasedHandleIsASink),
    C_CASE(TheNextSeriesInReleasedCellsBeginsAtZero),
    C_CASE(CellsOfAHeldHandleAreNotReused),
    C_CASE(ValuesWithoutAPlaceAreDropped),
    C_CASE(AHistogramCountsNegativeAndInfiniteValues),
    C_CASE(NoRecordingOfManyThreadsIsLost),
    C_CASE(AChildOfAForkRecordsOn),
    C_CASE(ASampledHeaderHasATrace),
    C_CASE(TheClockGoesOn),
    C_NO_CASE,
};
