// streamhouse_registry: owns metric families; C programs register them and resolve label values
// here.
//
// Each function does what Registry (registry.h of metrics_core) and Family (family.h) do. Those
// headers say more about names, limits and expiry.
// When to use something else: callbacks.h for values that are kept elsewhere and asked for at a
// scrape.
// Guarantees:
// 1. A family that is registered is on every later page, in the order of registration.
// 2. An equal registration gives the family that is there.
// 3. The same label values give the same series.
// Ownership:
// - Strings and arrays that are passed in are copied; they need not live after the call.
// - A registry belongs to its maker. Its families belong to it, and end with it.
// - A handle is a value with a reference on its series; recording.h says when to release it.
// Thread safety: all functions from any thread, but streamhouse_registry_free(): it comes after all
// other calls, exporters of the registry included.
// Fork: register and resolve before a fork, or after an exec. A child may record, and look up
// series that exist. All other calls may wait without end in a child for a lock of the parent.
// Errors: a status. A broken contract ends the program with a message: a null pointer where the
// comment does not permit it. So does a lack of memory, as everywhere in the library. No C++
// exception leaves a function. A count of bounds, states, quantiles, labels or attributes that is
// above its limit is INVALID_ARGUMENT; at most one element more than the limit is read.
// Cost: registering and resolving lock and allocate. A look-up locks and allocates only for a new
// label set.
//
//   streamhouse_registry *registry = streamhouse_registry_new();
//   const char *labels[] = {"topic"};
//   streamhouse_metric_options options = {.size = sizeof options, .name = "sent_total", .help = "Records sent",
//                                         .labels = labels, .label_count = 1};
//   streamhouse_counter_family sent;
//   streamhouse_status added = streamhouse_add_counter(registry, &options, &sent);
//   streamhouse_counter orders = streamhouse_counter_with(sent, (const char *[]){"orders"}, NULL, 1);
//   streamhouse_counter_add(orders, 1);
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics_core/c_api/recording.h"
#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct streamhouse_registry streamhouse_registry;

enum { STREAMHOUSE_LABELS_MAX = 64 };

typedef enum streamhouse_name_rules {
  STREAMHOUSE_NAMES_LEGACY = 0,  // letters, digits and underscores
  STREAMHOUSE_NAMES_UTF8 = 1
} streamhouse_name_rules;

typedef enum streamhouse_creation_times {
  STREAMHOUSE_CREATION_TIMES_KEPT = 0,
  STREAMHOUSE_CREATION_TIMES_NOT_KEPT = 1
} streamhouse_creation_times;

// Option structs: `size` is sizeof the struct as the program knows it. Members that are zero have
// their defaults. A library that knows fewer members refuses further ones that are not zero, with
// STREAMHOUSE_INVALID_ARGUMENT. It refuses a size above STREAMHOUSE_OPTION_BYTES_MAX, and then
// reads no other member.
enum { STREAMHOUSE_OPTION_BYTES_MAX = 4096 };

typedef struct streamhouse_registry_options {
  size_t size;
  int names;           // a streamhouse_name_rules
  int creation_times;  // a streamhouse_creation_times: so that readers see that a counter started again
  // What the metrics describe, such as "service.name" and "relay": shown as target_info.
  const char* const* target_names;
  const char* const* target_values;
  size_t target_count;  // at most STREAMHOUSE_LABELS_MAX
} streamhouse_registry_options;

// Never null. To be freed.
streamhouse_registry* streamhouse_registry_new(void) STREAMHOUSE_NOEXCEPT;
// *registry is null where the status is not OK: for attributes that have no legal names, or twice
// the same one.
streamhouse_status streamhouse_registry_new_with(const streamhouse_registry_options* options,
                                                 streamhouse_registry** registry) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
// `registry` may be null. Handles record on afterwards, and no reader sees it. Tokens of its
// callbacks may be freed later.
void streamhouse_registry_free(streamhouse_registry* registry) STREAMHOUSE_NOEXCEPT;

// Families that tell of the process (process_metrics.h), of what the metrics themselves cost and
// lose (core_metrics.h), and of the build of the program (build_info.h): `revision` may be empty.
streamhouse_status streamhouse_add_process_metrics(streamhouse_registry* registry) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_core_metrics(streamhouse_registry* registry) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_build_info(streamhouse_registry* registry, const char* program, const char* version,
                                              const char* revision) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

// The release of the library, such as "0.1.0".
const char* streamhouse_version(void) STREAMHOUSE_NOEXCEPT;

typedef enum streamhouse_storage {
  STREAMHOUSE_STORAGE_PER_THREAD = 0,  // no contention; 8 bytes a cell and recording thread
  STREAMHOUSE_STORAGE_SHARED = 1       // for many series that are seldom recorded: locked instructions
} streamhouse_storage;

typedef enum streamhouse_exemplars {
  STREAMHOUSE_EXEMPLARS_NONE = 0,
  STREAMHOUSE_EXEMPLARS_SAMPLED = 1  // of counters and histograms
} streamhouse_exemplars;

typedef enum streamhouse_aggregation {
  STREAMHOUSE_AGGREGATION_SUM = 0,  // of gauges: how readers merge series without a label
  STREAMHOUSE_AGGREGATION_MAX = 1
} streamhouse_aggregation;

// metric_options.h says more about each.
typedef struct streamhouse_metric_options {
  size_t size;  // see streamhouse_registry_options
  const char* name;
  const char* help;
  const char* unit;           // null: none
  const char* const* labels;  // names, at most STREAMHOUSE_LABELS_MAX
  size_t label_count;
  int storage;                       // a streamhouse_storage
  int exemplars;                     // a streamhouse_exemplars
  int aggregation;                   // a streamhouse_aggregation
  uint32_t series_max;               // 0: 10,000
  uint32_t label_value_bytes_max;    // 0: 1,024
  int64_t expire_after_nanoseconds;  // 0: series stay
} streamhouse_metric_options;

typedef struct streamhouse_family streamhouse_family;

// Families by kind, so that the compiler sees a wrong one. Plain values; all zeros: its series are
// sinks.
typedef struct streamhouse_counter_family {
  streamhouse_family* family;
} streamhouse_counter_family;
typedef struct streamhouse_double_counter_family {
  streamhouse_family* family;
} streamhouse_double_counter_family;
typedef struct streamhouse_up_down_counter_family {
  streamhouse_family* family;
} streamhouse_up_down_counter_family;
typedef struct streamhouse_gauge_family {
  streamhouse_family* family;
} streamhouse_gauge_family;
typedef struct streamhouse_double_gauge_family {
  streamhouse_family* family;
} streamhouse_double_gauge_family;
typedef struct streamhouse_histogram_family {
  streamhouse_family* family;
} streamhouse_histogram_family;
typedef struct streamhouse_tick_histogram_family {
  streamhouse_family* family;
} streamhouse_tick_histogram_family;
typedef struct streamhouse_exponential_histogram_family {
  streamhouse_family* family;
} streamhouse_exponential_histogram_family;
typedef struct streamhouse_state_set_family {
  streamhouse_family* family;
} streamhouse_state_set_family;
typedef struct streamhouse_info_family {
  streamhouse_family* family;
} streamhouse_info_family;

// Register a family. *family is all zeros where the status is not OK: INVALID_ARGUMENT for a name,
// label, unit or bound that breaks a rule; ALREADY_EXISTS for a name that another definition has.
streamhouse_status streamhouse_add_counter(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                           streamhouse_counter_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_double_counter(streamhouse_registry* registry,
                                                  const streamhouse_metric_options* options,
                                                  streamhouse_double_counter_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_up_down_counter(streamhouse_registry* registry,
                                                   const streamhouse_metric_options* options,
                                                   streamhouse_up_down_counter_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_gauge(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                         streamhouse_gauge_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_double_gauge(streamhouse_registry* registry,
                                                const streamhouse_metric_options* options,
                                                streamhouse_double_gauge_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
// `bounds` ascend; a bucket holds the values up to and including its bound.
streamhouse_status streamhouse_add_histogram(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                             const double* bounds, size_t bound_count,
                                             streamhouse_histogram_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
// Observes whole ticks; `bounds` are in the unit of the family, of which one is `ticks_per_unit`
// ticks: 1e9 for nanoseconds that are shown as seconds.
streamhouse_status streamhouse_add_tick_histogram(streamhouse_registry* registry,
                                                  const streamhouse_metric_options* options, const double* bounds,
                                                  size_t bound_count, double ticks_per_unit,
                                                  streamhouse_tick_histogram_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
// `classic_bounds` are powers of two, for formats without native histograms.
streamhouse_status streamhouse_add_exponential_histogram(
    streamhouse_registry* registry, const streamhouse_metric_options* options, const double* classic_bounds,
    size_t bound_count, streamhouse_exponential_histogram_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
// At most STREAMHOUSE_ABI_STATES states.
streamhouse_status streamhouse_add_state_set(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                             const char* const* states, size_t state_count,
                                             streamhouse_state_set_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_add_info(streamhouse_registry* registry, const streamhouse_metric_options* options,
                                        streamhouse_info_family* family) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

// Fill `bounds` with `count` bounds, calculated as on paper: start * factor^i, or start + width *
// i.
streamhouse_status streamhouse_exponential_bounds(double start, double factor, size_t count,
                                                  double* bounds) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));
streamhouse_status streamhouse_linear_bounds(double start, double width, size_t count,
                                             double* bounds) STREAMHOUSE_NOEXCEPT __attribute__((warn_unused_result));

// The handle of a series, which is made if need be. One value a label, in the order of the labels.
// `value_bytes` has the length of each value; it may be null, and then each value ends with a zero
// byte. Without labels: (family, NULL, NULL, 0). A sink for another number of values than there are
// labels, which the metrics of the core count. Beyond series_max, the overflow series.
streamhouse_counter streamhouse_counter_with(streamhouse_counter_family family, const char* const* values,
                                             const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_double_counter streamhouse_double_counter_with(streamhouse_double_counter_family family,
                                                           const char* const* values, const size_t* value_bytes,
                                                           size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_up_down_counter streamhouse_up_down_counter_with(streamhouse_up_down_counter_family family,
                                                             const char* const* values, const size_t* value_bytes,
                                                             size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_gauge streamhouse_gauge_with(streamhouse_gauge_family family, const char* const* values,
                                         const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_double_gauge streamhouse_double_gauge_with(streamhouse_double_gauge_family family,
                                                       const char* const* values, const size_t* value_bytes,
                                                       size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_histogram streamhouse_histogram_with(streamhouse_histogram_family family, const char* const* values,
                                                 const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_tick_histogram streamhouse_tick_histogram_with(streamhouse_tick_histogram_family family,
                                                           const char* const* values, const size_t* value_bytes,
                                                           size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_exponential_histogram streamhouse_exponential_histogram_with(
    streamhouse_exponential_histogram_family family, const char* const* values, const size_t* value_bytes,
    size_t count) STREAMHOUSE_NOEXCEPT;
streamhouse_state_set streamhouse_state_set_with(streamhouse_state_set_family family, const char* const* values,
                                                 const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
// An info has no handle: its series is on the page from here on.
void streamhouse_info_show(streamhouse_info_family family, const char* const* values, const size_t* value_bytes,
                           size_t count) STREAMHOUSE_NOEXCEPT;

// Look-ups: one recording into the series with these values, without a handle to release. For label
// values that come with each message. A series that exists is found without a lock.
void streamhouse_counter_add_at(streamhouse_counter_family family, uint64_t n, const char* const* values,
                                const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_double_counter_add_at(streamhouse_double_counter_family family, double amount,
                                       const char* const* values, const size_t* value_bytes,
                                       size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_up_down_counter_add_at(streamhouse_up_down_counter_family family, int64_t amount,
                                        const char* const* values, const size_t* value_bytes,
                                        size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_gauge_set_at(streamhouse_gauge_family family, int64_t value, const char* const* values,
                              const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_gauge_add_at(streamhouse_gauge_family family, int64_t amount, const char* const* values,
                              const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_double_gauge_set_at(streamhouse_double_gauge_family family, double value, const char* const* values,
                                     const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_double_gauge_add_at(streamhouse_double_gauge_family family, double amount, const char* const* values,
                                     const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_histogram_observe_at(streamhouse_histogram_family family, double value, const char* const* values,
                                      const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_tick_histogram_observe_at(streamhouse_tick_histogram_family family, uint64_t ticks,
                                           const char* const* values, const size_t* value_bytes,
                                           size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_exponential_histogram_observe_at(streamhouse_exponential_histogram_family family, double value,
                                                  const char* const* values, const size_t* value_bytes,
                                                  size_t count) STREAMHOUSE_NOEXCEPT;
void streamhouse_state_set_only_at(streamhouse_state_set_family family, size_t state, const char* const* values,
                                   const size_t* value_bytes, size_t count) STREAMHOUSE_NOEXCEPT;

// Takes a series off the page, for example streamhouse_remove(sent.family, …). False when there is
// no such series. What is recorded through its handles afterwards is counted nowhere.
bool streamhouse_remove(streamhouse_family* family, const char* const* values, const size_t* value_bytes,
                        size_t count) STREAMHOUSE_NOEXCEPT;

// How many label sets got the overflow series, or a sink where the process has no cells left.
uint64_t streamhouse_overflowed_lookups(const streamhouse_family* family) STREAMHOUSE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
