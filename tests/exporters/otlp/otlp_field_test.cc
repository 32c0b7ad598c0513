#include "exporters/otlp/otlp_field.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::exporters {
namespace {

constexpr OtlpField kTime(3, "time_unix_nano");

TEST(OtlpFieldTest, HasItsNumberAndItsKeyInLowerCamelCase) {
  EXPECT_EQ(kTime.number(), 3U);
  EXPECT_EQ(kTime.json_key(), "\"timeUnixNano\":");
}

TEST(OtlpFieldTest, WritesItsKeyWithinABlock) {
  char out[OtlpField::kBlockBytes];
  EXPECT_EQ(std::string(out, kTime.WriteJsonKey(out)), kTime.json_key());
}

}  // namespace
}  // namespace streamhouse::exporters
