#include "exporters/encoding/help_text.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

std::string Text(std::string_view help) {
  std::string out = ">";
  AppendTextHelp(help, out);
  return out;
}

std::string OpenMetrics(std::string_view help) {
  std::string out = ">";
  AppendOpenMetricsHelp(help, out);
  return out;
}

TEST(HelpTextTest, EscapesBackslashAndNewlineInEveryFormat) {
  EXPECT_EQ(Text("a\\b\nc"), ">a\\\\b\\nc");
  EXPECT_EQ(OpenMetrics("a\\b\nc"), ">a\\\\b\\nc");
}

TEST(HelpTextTest, EscapesQuotesOnlyInOpenMetrics) {
  EXPECT_EQ(Text("\"a\""), ">\"a\"");
  EXPECT_EQ(OpenMetrics("\"a\""), ">\\\"a\\\"");
}

TEST(HelpTextTest, LeavesEverythingElseAlone) {
  EXPECT_EQ(Text("\t\r{} \xC3\xA4"), ">\t\r{} \xC3\xA4");
  EXPECT_EQ(OpenMetrics("\t\r{} \xC3\xA4"), ">\t\r{} \xC3\xA4");
}

}  // namespace
}  // namespace streamhouse::exporters
