#include "exporters/statsd/statsd_names.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace streamhouse::exporters {
namespace {

std::string LabelsOf(std::string_view label_text, StatsdDialect dialect) {
  std::string labels;
  AppendStatsdLabels(label_text, dialect, labels);
  return labels;
}

TEST(StatsdNamesTest, HaveLabelsInPlainNames) {
  EXPECT_EQ(LabelsOf("topic=\"orders\",partition=\"3\"", StatsdDialect::kPlain), ".topic.orders.partition.3");
  EXPECT_EQ(LabelsOf("", StatsdDialect::kPlain), "");
}

TEST(StatsdNamesTest, HaveLabelsAsTags) {
  EXPECT_EQ(LabelsOf("topic=\"orders\",partition=\"3\"", StatsdDialect::kDogStatsd), "topic:orders,partition:3");
}

TEST(StatsdNamesTest, LeaveOutLabelsWithoutAValue) {
  EXPECT_EQ(LabelsOf("a=\"\",b=\"1\"", StatsdDialect::kPlain), ".b.1");
  EXPECT_EQ(LabelsOf("a=\"\",b=\"1\"", StatsdDialect::kDogStatsd), "b:1");
}

TEST(StatsdNamesTest, ReplaceCharactersThatALineCannotHave) {
  std::string name;
  AppendStatsdName("http.requests:\xc3\xa4", StatsdDialect::kPlain, name);
  EXPECT_EQ(name, "http_requests___");
  name.clear();
  AppendStatsdName("http.requests:a", StatsdDialect::kDogStatsd, name);
  EXPECT_EQ(name, "http.requests_a");
  EXPECT_EQ(LabelsOf("a=\"b.c:d|e@f#g,h\\ni\\\"-\"", StatsdDialect::kPlain), ".a.b_c_d_e_f_g_h_i_-");
  EXPECT_EQ(LabelsOf("a=\"b.c:d|e@f#g,h\\ni\\\"-\"", StatsdDialect::kDogStatsd), "a:b.c_d_e_f_g_h_i\"-");
}

TEST(StatsdNamesTest, TellTheTextOfALabelThatALineHas) {
  EXPECT_EQ(StatsdLabelText("read only", StatsdDialect::kPlain), "read_only");
  EXPECT_FALSE(IsStatsdLabelText("read only", StatsdDialect::kPlain));
  EXPECT_TRUE(IsStatsdLabelText("read only", StatsdDialect::kDogStatsd));
  EXPECT_TRUE(IsStatsdLabelText("", StatsdDialect::kPlain));
}

}  // namespace
}  // namespace streamhouse::exporters
