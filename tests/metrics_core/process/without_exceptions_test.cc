// The core's headers, templates and inline functions compile without exceptions and run-time type
// information, and work with a core that was compiled with them.
#include "tests/metrics_core/process/without_exceptions.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

TEST(WithoutExceptionsTest, EveryKindOfHandleRecords) {
  EXPECT_EQ(RecordWithoutExceptions(), "a_total{x=\"1\"} 1\nb 2\nc 3\nd [0 1] sum 4 count 1\ne [0 1] sum 5 count 1\n");
}

}  // namespace
}  // namespace streamhouse::metrics
