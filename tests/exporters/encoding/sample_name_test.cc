#include "exporters/encoding/sample_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace streamhouse::exporters {
namespace {

std::string Series(std::string_view name, std::string_view labels) {
  char out[64];
  return {out, PutSeries(out, SampleName(name), labels)};
}

TEST(SampleNameTest, PutsLabelsIntoBraces) {
  EXPECT_EQ(Series("sent_total", ""), "sent_total ");
  EXPECT_EQ(Series("sent_total", "a=\"b\""), "sent_total{a=\"b\"} ");
}

TEST(SampleNameTest, PutsANameThatIsNoLegacyNameAmongTheLabels) {
  EXPECT_EQ(Series("sent.total", ""), "{\"sent.total\"} ");
  EXPECT_EQ(Series("sent \"total\"", "a=\"b\""), "{\"sent \\\"total\\\"\",a=\"b\"} ");
}

}  // namespace
}  // namespace streamhouse::exporters
