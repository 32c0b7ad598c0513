// streamhouse_counter, streamhouse_gauge, streamhouse_histogram and their kin: recording from C.
//
// A handle is a plain value that stands for one series. registry.h resolves label values to it, at
// set-up; recording through it looks nothing up. Each kind is that of the C++ header of its name:
// counter.h, up_down_counter.h, gauge.h, histogram.h, exponential_histogram.h and state_set.h say
// what a kind guarantees and when another one fits better.
// When to use something else: the look-ups of registry.h where label values are known only on the
// way. C++ programs use the C++ headers; both record into the same series.
// Guarantees:
// 1. As those of the C++ class. A recording from C and one from C++ are the same instructions on
//    the same cells.
// 2. A handle of zero bytes is a sink: recording through it is safe and goes nowhere.
// 3. A handle may be copied and passed as any value; copies stand for the same series. It may
//    outlive its family and its registry.
// Ownership: streamhouse_KIND_with() takes a reference on the cells of the series. One
// streamhouse_KIND_release() gives it back; after it, no copy of the handle may record. A handle
// that is never released costs no memory beyond the series itself. Its series does not expire, and
// its cells are not reused when the series is removed.
// Thread safety: any thread may record through the same handle or copies of it, also during thread
// exit. Gauges and state sets are signal-safe, all others are not for signal handlers.
// Fork: a child records on, from the values that its thread had.
// Errors: none. Values that a kind has no place for are dropped and counted
// (`streamhouse_metrics_dropped_observations_total`); a recording that finds no memory for its
// cells is lost and counted (`streamhouse_metrics_lost_recordings_total`).
// Cost: that of the C++ recording, inlined (tests/metrics_core/fast_path). An exponential histogram
// and an exemplar cost a call more. Nothing with STREAMHOUSE_METRICS_DISABLED.
//
//   streamhouse_counter_add(sent, 1);
//   streamhouse_gauge_set(depth, queue_length);
//   streamhouse_tick_histogram_observe(took, streamhouse_now_nanoseconds() - start);
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "metrics_core/c_api/abi.h"
#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct streamhouse_counter {
  uint32_t run;
} streamhouse_counter;

typedef struct streamhouse_double_counter {
  uint32_t run;
} streamhouse_double_counter;

typedef struct streamhouse_up_down_counter {
  uint32_t run;
} streamhouse_up_down_counter;

typedef struct streamhouse_gauge {
  uint64_t* cell;
  uint32_t run;
} streamhouse_gauge;

typedef struct streamhouse_double_gauge {
  uint64_t* cell;
  uint32_t run;
} streamhouse_double_gauge;

typedef struct streamhouse_state_set {
  uint64_t* cell;
  uint32_t run;
} streamhouse_state_set;

typedef struct streamhouse_histogram {
  const streamhouse_abi_buckets* buckets;
  uint32_t run;
} streamhouse_histogram;

typedef struct streamhouse_tick_histogram {
  const streamhouse_abi_buckets* buckets;
  uint32_t run;
} streamhouse_tick_histogram;

typedef struct streamhouse_exponential_histogram {
  uint32_t run;
} streamhouse_exponential_histogram;

// The trace of a header "traceparent" that is valid and sampled; otherwise no trace. `header` need
// not end with a zero byte. Any thread; signal-safe.
streamhouse_trace streamhouse_sampled_trace(const char* header, size_t header_bytes) STREAMHOUSE_NOEXCEPT;

// A monotonic clock for durations; clock.h says what it promises. Any thread.
uint64_t streamhouse_now_nanoseconds(void) STREAMHOUSE_NOEXCEPT;

static inline void streamhouse_counter_add(streamhouse_counter counter, uint64_t n) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  uint64_t* const cell = streamhouse_abi_own_cell(counter.run);
  if (__builtin_expect(cell == NULL, 0)) {
    streamhouse_abi_add_slowly(counter.run, n);
    return;
  }
  streamhouse_abi_count(cell, n);
}

// With an exemplar (exemplar.h), whose value is n. The same holds for the histograms below.
static inline void streamhouse_counter_add_traced(streamhouse_counter counter, uint64_t n, streamhouse_trace trace) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  streamhouse_counter_add(counter, n);
  streamhouse_abi_offer_exemplar(counter.run, (double)n, trace);
}

// Amounts that are negative, infinite or NaN are dropped and counted.
static inline void streamhouse_double_counter_add(streamhouse_double_counter counter, double amount) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  uint64_t* const cell = streamhouse_abi_own_cell(counter.run);
  if (__builtin_expect(cell == NULL || !(amount >= 0 && amount < __builtin_huge_val()), 0)) {
    streamhouse_abi_add_double_slowly(counter.run, amount);
    return;
  }
  streamhouse_abi_count_double(cell, amount);
}

static inline void streamhouse_up_down_counter_add(streamhouse_up_down_counter counter, int64_t amount) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  uint64_t* const run = streamhouse_abi_own_cell(counter.run);
  if (__builtin_expect(run == NULL, 0)) {
    streamhouse_abi_change_slowly(counter.run, amount);
    return;
  }
  if (amount >= 0) {
    streamhouse_abi_publish(&run[STREAMHOUSE_ABI_UP_CELL], (uint64_t)amount);
  } else {
    streamhouse_abi_publish(&run[STREAMHOUSE_ABI_DOWN_CELL], 0 - (uint64_t)amount);
  }
}

static inline void streamhouse_gauge_set(streamhouse_gauge gauge, int64_t value) {
  if (!STREAMHOUSE_ABI_RECORDS || gauge.cell == NULL) return;
  // Relaxed: a value is read for its own sake and orders nothing. The same holds for all below.
  __atomic_store_n(gauge.cell, (uint64_t)value, __ATOMIC_RELAXED);
}

static inline void streamhouse_gauge_add(streamhouse_gauge gauge, int64_t amount) {
  if (!STREAMHOUSE_ABI_RECORDS || gauge.cell == NULL) return;
  // Relaxed: as in streamhouse_gauge_set.
  __atomic_fetch_add(gauge.cell, (uint64_t)amount, __ATOMIC_RELAXED);
}

static inline void streamhouse_double_gauge_set(streamhouse_double_gauge gauge, double value) {
  if (!STREAMHOUSE_ABI_RECORDS || gauge.cell == NULL) return;
  // Relaxed: as in streamhouse_gauge_set.
  __atomic_store_n(gauge.cell, streamhouse_abi_bits(value), __ATOMIC_RELAXED);
}

static inline void streamhouse_double_gauge_add(streamhouse_double_gauge gauge, double amount) {
  if (!STREAMHOUSE_ABI_RECORDS || gauge.cell == NULL) return;
  streamhouse_abi_add_shared_double(gauge.cell, amount);
}

static inline uint64_t streamhouse_abi_bit_of(size_t state) {
  return state < STREAMHOUSE_ABI_STATES ? (uint64_t)1 << state : 0;
}

// Turns this state on and all others off. A state is the place of its name in
// streamhouse_add_state_set(); a place beyond them turns all states off.
static inline void streamhouse_state_set_only(streamhouse_state_set states, size_t state) {
  if (!STREAMHOUSE_ABI_RECORDS || states.cell == NULL) return;
  // Relaxed: as in streamhouse_gauge_set.
  __atomic_store_n(states.cell, streamhouse_abi_bit_of(state), __ATOMIC_RELAXED);
}

static inline void streamhouse_state_set_turn_on(streamhouse_state_set states, size_t state) {
  if (!STREAMHOUSE_ABI_RECORDS || states.cell == NULL) return;
  // Relaxed: as in streamhouse_gauge_set.
  __atomic_fetch_or(states.cell, streamhouse_abi_bit_of(state), __ATOMIC_RELAXED);
}

static inline void streamhouse_state_set_turn_off(streamhouse_state_set states, size_t state) {
  if (!STREAMHOUSE_ABI_RECORDS || states.cell == NULL) return;
  // Relaxed: as in streamhouse_gauge_set.
  __atomic_fetch_and(states.cell, ~streamhouse_abi_bit_of(state), __ATOMIC_RELAXED);
}

static inline void streamhouse_histogram_observe(streamhouse_histogram histogram, double value) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  uint64_t* const run = streamhouse_abi_own_cell(histogram.run);
  // The last comparison is true of values that are negative, infinite or NaN.
  if (__builtin_expect(run == NULL || histogram.buckets == NULL || histogram.buckets->entries == NULL ||
                           streamhouse_abi_bits(value) >= streamhouse_abi_bits(__builtin_huge_val()),
                       0)) {
    streamhouse_abi_observe_slowly(histogram.buckets, histogram.run, value);
    return;
  }
  streamhouse_abi_publish(&run[STREAMHOUSE_ABI_FIRST_BUCKET_CELL + streamhouse_abi_bucket_of(histogram.buckets, value)],
                          1);
  streamhouse_abi_publish_double(&run[STREAMHOUSE_ABI_SUM_CELL], value);
  streamhouse_abi_publish(&run[STREAMHOUSE_ABI_COUNT_CELL], 1);
}

static inline void streamhouse_histogram_observe_traced(streamhouse_histogram histogram, double value,
                                                        streamhouse_trace trace) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  streamhouse_histogram_observe(histogram, value);
  streamhouse_abi_offer_exemplar(histogram.run, value, trace);
}

// Ticks from 2^63 on are negative numbers that were given as unsigned ones: they are dropped and
// counted.
static inline void streamhouse_tick_histogram_observe(streamhouse_tick_histogram histogram, uint64_t ticks) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  uint64_t* const run = streamhouse_abi_own_cell(histogram.run);
  if (__builtin_expect(
          run == NULL || histogram.buckets == NULL || histogram.buckets->octaves == NULL || ticks >= (uint64_t)1 << 63,
          0)) {
    streamhouse_abi_observe_ticks_slowly(histogram.buckets, ticks, histogram.run);
    return;
  }
  const uint32_t bucket = streamhouse_abi_bucket_of_ticks(histogram.buckets, ticks);
  streamhouse_abi_publish(&run[STREAMHOUSE_ABI_FIRST_BUCKET_CELL + bucket], 1);
  streamhouse_abi_publish(&run[STREAMHOUSE_ABI_SUM_CELL], ticks);
  streamhouse_abi_publish(&run[STREAMHOUSE_ABI_COUNT_CELL], 1);
}

static inline void streamhouse_tick_histogram_observe_traced(streamhouse_tick_histogram histogram, uint64_t ticks,
                                                             streamhouse_trace trace) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  streamhouse_tick_histogram_observe(histogram, ticks);
  if (ticks < (uint64_t)1 << 63) streamhouse_abi_offer_exemplar(histogram.run, (double)(int64_t)ticks, trace);
}

// A call: the cells of its run, whose layout moves with the values, stay out of the ABI.
static inline void streamhouse_exponential_histogram_observe(streamhouse_exponential_histogram histogram,
                                                             double value) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  streamhouse_abi_observe_exponential(histogram.run, value);
}

static inline void streamhouse_exponential_histogram_observe_traced(streamhouse_exponential_histogram histogram,
                                                                    double value, streamhouse_trace trace) {
  if (!STREAMHOUSE_ABI_RECORDS) return;
  streamhouse_abi_observe_exponential(histogram.run, value);
  if (value >= 0 && value < __builtin_huge_val()) streamhouse_abi_offer_exemplar(histogram.run, value, trace);
}

// Gives the handle's reference back, and makes it a sink. Any thread; the caller sees to it that no
// thread records through a copy afterwards. Releasing a sink does nothing.
static inline void streamhouse_counter_release(streamhouse_counter* counter) {
  streamhouse_abi_release(counter->run);
  counter->run = 0;
}

static inline void streamhouse_double_counter_release(streamhouse_double_counter* counter) {
  streamhouse_abi_release(counter->run);
  counter->run = 0;
}

static inline void streamhouse_up_down_counter_release(streamhouse_up_down_counter* counter) {
  streamhouse_abi_release(counter->run);
  counter->run = 0;
}

static inline void streamhouse_gauge_release(streamhouse_gauge* gauge) {
  streamhouse_abi_release(gauge->run);
  gauge->run = 0;
  gauge->cell = NULL;
}

static inline void streamhouse_double_gauge_release(streamhouse_double_gauge* gauge) {
  streamhouse_abi_release(gauge->run);
  gauge->run = 0;
  gauge->cell = NULL;
}

static inline void streamhouse_state_set_release(streamhouse_state_set* states) {
  streamhouse_abi_release(states->run);
  states->run = 0;
  states->cell = NULL;
}

static inline void streamhouse_histogram_release(streamhouse_histogram* histogram) {
  streamhouse_abi_release(histogram->run);
  histogram->run = 0;
  histogram->buckets = NULL;
}

static inline void streamhouse_tick_histogram_release(streamhouse_tick_histogram* histogram) {
  streamhouse_abi_release(histogram->run);
  histogram->run = 0;
  histogram->buckets = NULL;
}

static inline void streamhouse_exponential_histogram_release(streamhouse_exponential_histogram* histogram) {
  streamhouse_abi_release(histogram->run);
  histogram->run = 0;
}

#ifdef __cplusplus
}
#endif
