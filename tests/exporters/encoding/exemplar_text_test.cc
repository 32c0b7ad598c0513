#include "exporters/encoding/exemplar_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace streamhouse::exporters {
namespace {

std::string Written(const metrics::Exemplar& exemplar) {
  char text[kExemplarBytesMax];
  return {text, WriteExemplar(text, exemplar)};
}

TEST(ExemplarTextTest, WritesTraceValueAndTime) {
  EXPECT_EQ(Written({.trace = {0x0123456789abcdef, 0xfedcba9876543210, 0xff}, .value = 0.5, .unix_milliseconds = 1234}),
            R"( # {trace_id="0123456789abcdeffedcba9876543210",span_id="00000000000000ff"} 0.5 1.234)");
}

TEST(ExemplarTextTest, WritesTimesWithoutAnExponent) {
  EXPECT_TRUE(
      Written({.trace = {}, .value = 1, .unix_milliseconds = 1'700'000'000'005}).ends_with("} 1.0 1700000000.005"));
  EXPECT_TRUE(Written({.trace = {}, .value = 1, .unix_milliseconds = 0}).ends_with("} 1.0 0.000"));
}

TEST(ExemplarTextTest, KeepsWithinItsBytesMax) {
  EXPECT_LE(Written({.trace = {},
                     .value = std::numeric_limits<double>::lowest(),
                     .unix_milliseconds = std::numeric_limits<std::int64_t>::max()})
                .size(),
            kExemplarBytesMax);
}

}  // namespace
}  // namespace streamhouse::exporters
