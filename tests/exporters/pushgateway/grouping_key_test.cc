#include "exporters/pushgateway/grouping_key.h"

#include <gtest/gtest.h>

#include <string>

#include "exporters/view/labelled_view.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

std::string PathOf(std::string_view path) {
  const auto key = ParseGroupingKey(path);
  return key.ok() ? key->Path() : key.status().message();
}

TEST(GroupingKeyTest, HasTheLabelsOfAPath) {
  const GroupingKey key = ParseGroupingKey("/job/backup/instance/a b").value();
  EXPECT_EQ(key.labels(), (ExtraLabels{{"job", "backup"}, {"instance", "a b"}}));
  EXPECT_TRUE(key.HasLabel("instance"));
  EXPECT_FALSE(key.HasLabel("inst"));
}

TEST(GroupingKeyTest, ReadsBase64WithAndWithoutPadding) {
  for (const char* const path : {"/job/a/path@base64/L3Zhcg", "/job/a/path@base64/L3Zhcg=="}) {
    EXPECT_EQ(ParseGroupingKey(path).value().labels().back().second, "/var");
  }
  EXPECT_EQ(ParseGroupingKey("/job@base64/w7_Dvg").value().labels().front().second, "\u00FF\u00FE");
  EXPECT_EQ(ParseGroupingKey("/job/a/instance@base64/=").value().labels().back().second, "");
}

TEST(GroupingKeyTest, WritesPlainValuesAsTheyAre) {
  EXPECT_EQ(PathOf("/job/backup-1_A/instance/10.0.0.1"), "/metrics/job/backup-1_A/instance/10.0.0.1");
}

TEST(GroupingKeyTest, WritesOtherValuesInBase64) {
  EXPECT_EQ(PathOf("/job/a b/x@base64/L3Zhcg=="), "/metrics/job@base64/YSBi/x@base64/L3Zhcg");
  EXPECT_EQ(PathOf("/job/a/instance@base64/="), "/metrics/job/a/instance@base64/=");
  EXPECT_EQ(PathOf("/job/a/x/.."), "/metrics/job/a/x@base64/Li4") << "a folder, for who cleans paths";
  EXPECT_EQ(PathOf("/job/\u00FF"), "/metrics/job@base64/w78");
}

TEST(GroupingKeyTest, ComesBackFromItsTarget) {
  for (std::string value : {"a", "ab", "abc", "abcd", "a/b", "\u00FF\u00FE/?", "%2F"}) {
    const GroupingKey key =
        ParseGroupingKey("/job/" + std::string(value.find('/') == std::string::npos ? value : "j")).value();
    const std::string path = key.Path();
    EXPECT_EQ(ParseGroupingKey(path.substr(8)).value().labels(), key.labels()) << path;
  }
}

TEST(GroupingKeyTest, NamesTheMistakeInThePath) {
  const std::string no_job = "the path does not start with /job/NAME";
  EXPECT_EQ(PathOf(""), no_job);
  EXPECT_EQ(PathOf("/instance/a/job/b"), no_job);
  EXPECT_EQ(PathOf("/job@base64/="), no_job);
  EXPECT_EQ(PathOf("/job"), "a label of the path has no value");
  EXPECT_EQ(PathOf("/job/a/b"), "a label of the path has no value");
  EXPECT_EQ(PathOf("/job/a/b/"), "an empty value of the path is written as LABEL@base64/=");
  EXPECT_EQ(PathOf("/job/a/b@base64/A"), "a value of the path is not base64");
  EXPECT_EQ(PathOf("/job/a/b@base64/A+/"), "a value of the path is not base64");
  EXPECT_EQ(PathOf("/job/a/b-c/d"), "'b-c' in the path is not a label");
  EXPECT_EQ(PathOf("/job/a/__x/d"), "'__x' in the path is not a label");
  EXPECT_EQ(PathOf("/job/a/job/b"), "the path has the label job twice");
  EXPECT_TRUE(PathOf("/job/a/b@base64/_w").starts_with("in the path, ")) << "not UTF-8";
  EXPECT_EQ(ParseGroupingKey("/job").status().field(), "path");
}

}  // namespace
}  // namespace streamhouse::exporters
