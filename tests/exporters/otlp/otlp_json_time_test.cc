#include "exporters/otlp/otlp_json_time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace streamhouse::exporters {

namespace {

TEST(OtlpJsonTimeTest, MakesTheTextOfATimeAgainWhenItChanges) {
  OtlpJsonTime time;
  EXPECT_EQ(time.digits(), "0");
  for (const std::uint64_t unix_nanoseconds :
       {std::uint64_t{5}, std::uint64_t{1'790'000'000'000'000'000}, std::uint64_t{0}}) {
    time.Assign(unix_nanoseconds);
    EXPECT_EQ(time.digits(), std::to_string(unix_nanoseconds));
  }
}

}  // namespace
}  // namespace streamhouse::exporters
