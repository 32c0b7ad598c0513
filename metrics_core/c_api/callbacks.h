// streamhouse_token, streamhouse_number_callbacks and their kin: metrics whose values a program is
// asked for at each scrape.
//
// For what is known elsewhere and costs nothing until it is read: the length of a queue, the size
// of a cache. callback_family.h says what holds of the C++ form, and of this one.
// When to use something else: a gauge or counter of recording.h for what the program itself
// changes, or where asking takes long: a slow callback makes every scrape slow.
// Guarantees:
// 1. A series is on the page until its token is freed.
// 2. When streamhouse_token_free() returns, the callback does not run and will never run again. It
//    waits for a callback that runs on another thread.
// 3. A callback may free its own token, and no other. It may record and resolve handles, but not
//    start a scrape.
// Ownership:
// - A function that takes `user_data` takes it over, whether it succeeds or not.
// - `destroy` is called exactly once, after the last call of the callback; it may be null. It has
//   returned when streamhouse_token_free() returns, or when the function that did not succeed
//   returns.
// - Where a callback frees its own token, `destroy` is called after the callback has returned.
// - Tokens belong to the caller, and may be freed after the registry. Families belong to the
//   registry.
// Thread safety: all functions from any thread. Callbacks run on the thread of the scraper, each at
// most once at a time.
// Fork: as registry.h.
// Errors: as registry.h. A callback of one series that throws a C++ exception, or gives values that
// do not fit its family, is left out of that page. Of a callback of many series that throws, the
// samples that it added before stay on the page. Both are counted
// (`streamhouse_metrics_failed_callbacks_total`). `destroy` must not throw: the program ends.
// Cost: one lock and one call a callback and scrape.
//
//   double queue_records(void *queue) { return (double)queue_length(queue); }
//
//   streamhouse_number_callbacks *depth;
//   streamhouse_status added = streamhouse_add_callback_gauge(registry, &options, &depth);
//   streamhouse_number_callback read = {.read = queue_records, .user_data = queue};
//   streamhouse_token *token;
//   added = streamhouse_number_callback_add(depth, read, (const char *[]){"ingest"}, NULL, 1, &token);
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics_core/c_api/registry.h"
#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Keeps a callback on the page, or a check in a health (health.h).
typedef struct streamhouse_token streamhouse_token;
// `token` may be null.
void streamhouse_token_free(streamhouse_token* token) STREAMHOUSE_NOEXCEPT;

// Families of callbacks: of counters and gauges, of histograms, of summaries.
typedef struct streamhouse_number_callbacks streamhouse_number_callbacks;
typedef struct streamhouse_histogram_callbacks streamhouse_histogram_callbacks;
typedef struct streamhouse_summary_callbacks streamhouse_summary_callbacks;

// Storage, exemplars, limits and expiry of the options keep their defaults. *family is null where
// the status is not OK.
streamhouse_status streamhouse_add_callback_counter(streamhouse_registry* registry,
                                                    const streamhouse_metric_options* options,
                                                    streamhouse_number_callbacks** family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_callback_gauge(streamhouse_registry* registry,
                                                  const streamhouse_metric_options* options,
                                                  streamhouse_number_callbacks** family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_callback_histogram(streamhouse_registry* registry,
                                                      const streamhouse_metric_options* options, const double* bounds,
                                                      size_t bound_count,
                                                      streamhouse_histogram_callbacks** family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
enum { STREAMHOUSE_QUANTILES_MAX = 256 };
// `quantiles` ascend and are in [0, 1]; there may be none, and at most STREAMHOUSE_QUANTILES_MAX.
streamhouse_status streamhouse_add_callback_summary(streamhouse_registry* registry,
                                                    const streamhouse_metric_options* options, const double* quantiles,
                                                    size_t quantile_count,
                                                    streamhouse_summary_callbacks** family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

typedef struct streamhouse_number_callback {
  double (*read)(void* user_data);  // NaN: no value at this scrape
  void* user_data;
  void (*destroy)(void* user_data);
  int64_t began_unix_milliseconds;  // since when a counter counts; 0: since it was added
} streamhouse_number_callback;

typedef struct streamhouse_histogram_callback {
  // Fills `bucket_counts`, one for each bound and a last one up to +Inf, not cumulative, and the
  // sum of all values. Both are zeros before. False: no value at this scrape, which counts as
  // failed.
  bool (*read)(void* user_data, uint64_t* bucket_counts, size_t bucket_count, double* sum);
  void* user_data;
  void (*destroy)(void* user_data);
  int64_t began_unix_milliseconds;
} streamhouse_histogram_callback;

typedef struct streamhouse_summary_callback {
  // Fills `quantile_values`, NaN where unknown, sum and count. All are zeros before. False: no
  // value at this scrape, which counts as failed.
  bool (*read)(void* user_data, double* quantile_values, size_t quantile_count, double* sum, uint64_t* count);
  void* user_data;
  void (*destroy)(void* user_data);
  int64_t began_unix_milliseconds;
} streamhouse_summary_callback;

// Add a callback for one series; label values as in streamhouse_counter_with(). *token is null
// where the status is not OK: INVALID_ARGUMENT for another number of values than there are labels.
streamhouse_status streamhouse_number_callback_add(streamhouse_number_callbacks* family,
                                                   streamhouse_number_callback callback, const char* const* values,
                                                   const size_t* value_bytes, size_t count,
                                                   streamhouse_token** token) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_histogram_callback_add(streamhouse_histogram_callbacks* family,
                                                      streamhouse_histogram_callback callback,
                                                      const char* const* values, const size_t* value_bytes,
                                                      size_t count, streamhouse_token** token) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_summary_callback_add(streamhouse_summary_callbacks* family,
                                                    streamhouse_summary_callback callback, const char* const* values,
                                                    const size_t* value_bytes, size_t count,
                                                    streamhouse_token** token) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

// Takes the values of a callback of many series, during its call.
typedef struct streamhouse_samples streamhouse_samples;
// The first of equal label sets counts. With another number of values than there are labels it adds
// nothing, and that is counted.
void streamhouse_samples_add(streamhouse_samples* samples, double value, const char* const* values,
                             const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;

typedef struct streamhouse_many_callback {
  void (*read)(void* user_data, streamhouse_samples* samples);
  void* user_data;
  void (*destroy)(void* user_data);
  int64_t began_unix_milliseconds;
} streamhouse_many_callback;

// For series whose labels are known only at the scrape.
streamhouse_token* streamhouse_many_callback_add(streamhouse_number_callbacks* family,
                                                 streamhouse_many_callback callback) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif
