#include "metrics_core/c_api/health.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/c_cases.h"

typedef struct lease {
  const char* missing;  // why it is not held; null: held
  int destroyed;
} lease;

static bool is_held(void* of, char* reason, size_t reason_bytes) {
  const lease* const asked = of;
  C_EXPECT_TEXT(reason, "");
  if (asked->missing == NULL) return true;
  snprintf(reason, reason_bytes, "%s", asked->missing);
  return false;
}

static void destroy(void* of) {
  ++((lease*)of)->destroyed;
}

static streamhouse_token* add(streamhouse_health* to, const char* name, lease* of) {
  const streamhouse_check check = {.passes = is_held, .user_data = of, .destroy = destroy};
  return streamhouse_health_add(to, name, check);
}

C_TEST(AHealthWithoutChecksIsReady) {
  streamhouse_health* const health = streamhouse_health_new();
  C_EXPECT(streamhouse_health_evaluate(health).code == STREAMHOUSE_OK);
  streamhouse_health_free(health);
  streamhouse_health_free(NULL);
}

C_TEST(TheReasonsOfAllFailedChecksAreNamed) {
  streamhouse_health* const health = streamhouse_health_new();
  lease leases[] = {{.missing = NULL}, {.missing = "expired"}, {.missing = "no disk"}};
  streamhouse_token* tokens[] = {add(health, "a", &leases[0]), add(health, "b", &leases[1]),
                                 add(health, "c", &leases[2])};
  const streamhouse_status status = streamhouse_health_evaluate(health);
  C_EXPECT(status.code == STREAMHOUSE_UNAVAILABLE);
  C_EXPECT_TEXT(status.message, "b: expired; c: no disk");
  for (int i = 0; i < 3; ++i) streamhouse_token_free(tokens[i]);
  streamhouse_health_free(health);
}

C_TEST(ACheckEndsWithItsToken) {
  streamhouse_health* const health = streamhouse_health_new();
  lease gone = {.missing = "expired"};
  streamhouse_token* const token = add(health, "a", &gone);
  C_EXPECT_NUMBER(gone.destroyed, 0);
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(gone.destroyed, 1);
  C_EXPECT(streamhouse_health_evaluate(health).code == STREAMHOUSE_OK);
  streamhouse_health_free(health);
}

C_TEST(ATokenOutlivesItsHealth) {
  streamhouse_health* const health = streamhouse_health_new();
  lease held = {.missing = NULL};
  streamhouse_token* const token = add(health, "a", &held);
  streamhouse_health_free(health);
  C_EXPECT_NUMBER(held.destroyed, 1);
  streamhouse_token_free(token);
  C_EXPECT_NUMBER(held.destroyed, 1);
}

static bool fills_its_buffer(void* of, char* reason, size_t reason_bytes) {
  (void)of;
  memset(reason, 'x', reason_bytes);
  return false;
}

C_TEST(AReasonWithoutZeroByteIsCut) {
  streamhouse_health* const health = streamhouse_health_new();
  streamhouse_token* const token = streamhouse_health_add(health, "a", (streamhouse_check){.passes = fills_its_buffer});
  const streamhouse_status status = streamhouse_health_evaluate(health);
  C_EXPECT_NUMBER(strlen(status.message), STREAMHOUSE_MESSAGE_BYTES - 1);
  streamhouse_token_free(token);
  streamhouse_health_free(health);
}

const char c_suite[] = "CHealthTest";
const c_case c_cases[] = {
    C_CASE(AHealthWithoutChecksIsReady), C_CASE(TheReasonsOfAllFailedChecksAreNamed), C_CASE(ACheckEndsWithItsToken),
    C_CASE(ATokenOutlivesItsHealth),     C_CASE(AReasonWithoutZeroByteIsCut),         C_NO_CASE,
};
