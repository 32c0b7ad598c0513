#include "metrics_core/text/percent_encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::metrics {
namespace {

TEST(PercentEncodingTest, DecodesBytesOfAnyValue) {
  EXPECT_EQ(PercentDecode("%C3%a4 %25"), "\xC3\xA4 %");
  EXPECT_EQ(PercentDecode("%00"), std::string(1, '\0'));
  EXPECT_EQ(PercentDecode("+"), "+");
}

TEST(PercentEncodingTest, RefusesAPercentSignWithoutTwoDigits) {
  for (const char* const text : {"%", "%4", "%4x", "%-1", "% 1"}) EXPECT_FALSE(PercentDecode(text)) << text;
}

TEST(PercentEncodingTest, EncodesReservedCharactersOfAPath) {
  EXPECT_EQ(PercentEncodePath("/api/v1/write"), "/api/v1/write");
  EXPECT_EQ(PercentEncodePath("/a b\r\n?#%\xFF"), "/a%20b%0D%0A%3F%23%25%FF");
}

}  // namespace
}  // namespace streamhouse::metrics
