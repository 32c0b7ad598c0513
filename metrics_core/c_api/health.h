// streamhouse_health: named checks that say whether a program can do its work now, from C.
//
// A program is ready if all checks pass. health.h of metrics_core has the C++ form.
// When to use something else: a gauge for a quantity that is watched over time.
// Guarantees:
// 1. An evaluation asks every check that was added before it and not removed.
// 2. After streamhouse_token_free() of a check, it does not run and is never called again.
// 3. A health without checks is ready.
// Ownership: a health belongs to its maker, a token to the caller of streamhouse_health_add(). A
// token may be freed after its health. `user_data` as in callbacks.h.
// Thread safety: all functions from any thread, but streamhouse_health_free(), which comes after
// all other calls, exporters of the health included. Checks run on the thread that evaluates, one
// evaluation at a time. A check must neither evaluate nor free a token.
// Fork: as registry.h.
// Errors: a check that throws a C++ exception has failed. Broken contracts as in registry.h.
// Cost: two locks and one call a check.
//
//   bool has_lease(void *broker, char *reason, size_t reason_bytes) {
//     if (broker_has_lease(broker)) return true;
//     snprintf(reason, reason_bytes, "no lease");
//     return false;
//   }
//
//   streamhouse_check check = {.passes = has_lease, .user_data = broker};
//   streamhouse_token *token = streamhouse_health_add(health, "lease", check);
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "metrics_core/c_api/callbacks.h"
#include "metrics_core/c_api/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct streamhouse_health streamhouse_health;

typedef struct streamhouse_check {
  // Where it returns false, it writes why into `reason`, which is an empty text before.
  bool (*passes)(void* user_data, char* reason, size_t reason_bytes);
  void* user_data;
  void (*destroy)(void* user_data);
} streamhouse_check;

// Never null. To be freed.
streamhouse_health* streamhouse_health_new(void) STREAMHOUSE_NOEXCEPT;
// `health` may be null.
void streamhouse_health_free(streamhouse_health* health) STREAMHOUSE_NOEXCEPT;

// The token keeps the check; it is never null. Two checks may have the same name: both run, and the
// reason names each one that failed.
streamhouse_token* streamhouse_health_add(streamhouse_health* health, const char* name,
                                          streamhouse_check check) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

// Asks all checks. OK, or UNAVAILABLE with "name: reason" of each failed check, joined by "; ".
streamhouse_status streamhouse_health_evaluate(const streamhouse_health* health) STREAMHOUSE_NOEXCEPT
    __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif
