// streamhouse_exporter: brings the metrics of a program in C out of the process, as a spec says.
//
// The spec is that of builtin_exporters.h, such as "prometheus://0.0.0.0:8080" or
// "textfile:///var/lib/node_exporter/broker.prom": an operator chooses it.
// When to use something else: C++ programs use builtin_exporters.h. A scheme of a program's own
// needs C++ (exporter_registry.h).
// Guarantees:
// 1. streamhouse_exporter_start() returns with the exporter at work, or says what prevents it; it
//    does not fail later in a thread.
// 2. When streamhouse_exporter_stop() returns, no thread of the exporter runs, and registry, health
//    and log are not used any more.
// Ownership: an exporter belongs to the caller, and is stopped before its registry and health are
// freed. Strings are copied. The log takes its user data over, whether the start succeeds or not:
// `destroy` is called exactly once, when the exporter is stopped or not started. A struct whose
// size is below that of its log, or above STREAMHOUSE_OPTION_BYTES_MAX, gives no log.
// Thread safety: one thread an exporter; several exporters from several threads.
// Fork: an exporter belongs to the process that started it. A child stops none. A fork must not
// fall into a start of another thread.
// Errors: INVALID_ARGUMENT for a spec without meaning; the field is its bad part.
// UNAVAILABLE for a port that is taken; others as the header of the exporter says. The message
// names the exporter.
// Cost: that of the exporter: a thread or two, and a snapshot for each page or push.
//
//   streamhouse_exporter_options options = {.size = sizeof options, .registry = registry};
//   streamhouse_exporter *exporter;
//   streamhouse_status started = streamhouse_exporter_start("prometheus://:8080", &options, &exporter);
#pragma once

#include <stddef.h>

#include "metrics_core/c_api/health.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct streamhouse_exporter streamhouse_exporter;

// Frozen: it is a member of streamhouse_exporter_options, in which a longer one would move the
// members behind it. What comes later goes to the end of the options.
typedef struct streamhouse_log {
  // Takes one line for operators, such as why pushes fail, from any thread. Null: there is no log.
  void (*write)(void* user_data, const char* line);
  void* user_data;
  void (*destroy)(void* user_data);  // may be null
} streamhouse_log;

enum { STREAMHOUSE_MORE_REGISTRIES_MAX = 1024 };

typedef struct streamhouse_exporter_options {
  size_t size;                                   // as in registry.h
  streamhouse_registry* registry;                // must not be null
  const streamhouse_health* health;              // null: always ready
  streamhouse_registry* const* more_registries;  // on the same pages
  size_t more_registry_count;                    // at most STREAMHOUSE_MORE_REGISTRIES_MAX
  streamhouse_log log;
} streamhouse_exporter_options;

// *exporter is null where the status is not OK.
streamhouse_status streamhouse_exporter_start(const char* spec, const streamhouse_exporter_options* options,
                                              streamhouse_exporter** exporter) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

// Its scheme and address, with the port that a server has got: "prometheus://127.0.0.1:8080". Lives
// as long as the exporter.
const char* streamhouse_exporter_name(const streamhouse_exporter* exporter) STREAMHOUSE_NOEXCEPT;

// Frees it as well. `exporter` may be null.
void streamhouse_exporter_stop(streamhouse_exporter* exporter) STREAMHOUSE_NOEXCEPT;

#ifdef __cplusplus
}
#endif
