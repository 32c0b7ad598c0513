#include "metrics_core/internal/cells/recording.h"

#include <gtest/gtest.h>

namespace streamhouse::metrics::internal {
namespace {

// The other value has a test of its own, which is built with it:
// tests/metrics_core/process/disabled_test.cc.
TEST(RecordingTest, IsEnabledUnlessTheBuildSaysOtherwise) {
#ifdef STREAMHOUSE_METRICS_DISABLED
  static_assert(!kRecordingEnabled);
#else
  static_assert(kRecordingEnabled);
#endif
}

}  // namespace
}  // namespace streamhouse::metrics::internal
