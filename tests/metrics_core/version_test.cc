#include "metrics_core/version.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::metrics {
namespace {

// For programs that support several releases.
#if STREAMHOUSE_VERSION < 1000
#error "0.1.0 is the first release"
#endif

TEST(VersionTest, IsTheSameAsANumberAndAsText) {
  constexpr int kMajor = STREAMHOUSE_VERSION / 1'000'000;
  constexpr int kMinor = STREAMHOUSE_VERSION / 1'000 % 1'000;
  constexpr int kPatch = STREAMHOUSE_VERSION % 1'000;
  EXPECT_EQ(kVersion, std::to_string(kMajor) + "." + std::to_string(kMinor) + "." + std::to_string(kPatch));
}

}  // namespace
}  // namespace streamhouse::metrics
