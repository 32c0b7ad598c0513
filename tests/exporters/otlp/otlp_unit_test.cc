#include "exporters/otlp/otlp_unit.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(OtlpUnitTest, KnowsTheWordsOfOpenTelemetry) {
  EXPECT_EQ(OtlpUnit("seconds"), "s");
  EXPECT_EQ(OtlpUnit("bytes"), "By");
  EXPECT_EQ(OtlpUnit("ratio"), "1");
  EXPECT_EQ(OtlpUnit("percent"), "%");
  EXPECT_EQ(OtlpUnit("minutes"), "min");
  EXPECT_EQ(OtlpUnit("mebibytes"), "MiBy");
  EXPECT_EQ(OtlpUnit("celsius"), "Cel");
}

TEST(OtlpUnitTest, KeepsAWordThatReceiversKeep) {
  EXPECT_EQ(OtlpUnit("records"), "records");
  EXPECT_EQ(OtlpUnit("kilobytes"), "kilobytes") << "Prometheus makes kBy of the code kBy";
  EXPECT_EQ(OtlpUnit("tebibytes"), "tebibytes") << "Prometheus makes tibibytes of TiBy";
}

TEST(OtlpUnitTest, MakesAnAnnotationOfWordsThatPrometheusWouldAddToTheName) {
  EXPECT_EQ(OtlpUnit("bytes_per_second"), "{bytes_per_second}");
}

}  // namespace
}  // namespace streamhouse::exporters
