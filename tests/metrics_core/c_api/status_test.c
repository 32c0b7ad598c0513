#include "metrics_core/c_api/status.h"

#include "tests/support/c_cases.h"

C_TEST(ACodeHasItsName) {
  C_EXPECT_TEXT(streamhouse_status_code_name(STREAMHOUSE_OK), "ok");
  C_EXPECT_TEXT(streamhouse_status_code_name(STREAMHOUSE_DEADLINE_EXCEEDED), "deadline_exceeded");
  C_EXPECT_TEXT(streamhouse_status_code_name(STREAMHOUSE_INTERNAL), "internal");
}

C_TEST(ANumberThatIsNoCodeIsUnknown) {
  C_EXPECT_TEXT(streamhouse_status_code_name(12), "unknown");
  C_EXPECT_TEXT(streamhouse_status_code_name(-1), "unknown");
}

C_TEST(AStatusIsOneKilobyteThatPointsNowhere) {
  C_EXPECT_NUMBER(sizeof(streamhouse_status), 1024);
  const streamhouse_status first = {.code = STREAMHOUSE_ABORTED, .message = "why"};
  const streamhouse_status copy = first;
  C_EXPECT_TEXT(copy.message, "why");
  C_EXPECT(copy.message != first.message);
}

const char c_suite[] = "CStatusTest";
const c_case c_cases[] = {
    C_CASE(ACodeHasItsName),
    C_CASE(ANumberThatIsNoCodeIsUnknown),
    C_CASE(AStatusIsOneKilobyteThatPointsNowhere),
    C_NO_CASE,
};
