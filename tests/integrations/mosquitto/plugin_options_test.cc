#include "integrations/mosquitto/plugin_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace streamhouse::mosquitto_plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr GivenOption kHttp = {.key = "http", .value = "127.0.0.1:9100"};

metrics::Result<PluginOptions> Parse(std::vector<GivenOption> given) {
  given.push_back(kHttp);
  return ParsePluginOptions(given);
}

// The error of one option beside http.
std::string ErrorOf(std::string_view key, std::string_view value) {
  return Parse({{.key = key, .value = value}}).status().message();
}

TEST(PluginOptionsTest, NeedOnlyAnAddress) {
  const PluginOptions options = Parse({}).value();
  EXPECT_EQ(metrics::ToString(options.http), "127.0.0.1:9100");
  EXPECT_EQ(options.topic_levels, 1U);
  EXPECT_EQ(options.acl_checks, Checks::kOff);
  EXPECT_EQ(options.auth_checks, Checks::kOff);
}

TEST(PluginOptionsTest, AnAddressIsNeeded) {
  EXPECT_THAT(ParsePluginOptions({}).status().message(), StartsWith("plugin_opt_http: "));
}

TEST(PluginOptionsTest, TakeEveryOption) {
  const PluginOptions options = Parse({{"web_config", "/etc/web.yml"},
                                       {"topic_levels", "3"},
                                       {"topic_rule", "device/+/state"},
                                       {"topic_rule", "alarm/#"},
                                       {"prefix_series_max", "20"},
                                       {"acl_checks", "with_acl_file"},
                                       {"auth_checks", "with_password_file"}})
                                    .value();
  EXPECT_EQ(options.web_config_file, "/etc/web.yml");
  EXPECT_EQ(options.topic_levels, 3U);
  EXPECT_THAT(options.topic_rules, ElementsAre("device/+/state", "alarm/#"));
  EXPECT_EQ(options.prefix_series_max, 20U);
  EXPECT_EQ(options.acl_checks, Checks::kOn);
  EXPECT_EQ(options.auth_checks, Checks::kOn);
}

TEST(PluginOptionsTest, BlanksAroundAValueDoNotCount) {
  EXPECT_EQ(Parse({{"topic_levels", " 2 \r"}}).value().topic_levels, 2U);
}

TEST(PluginOptionsTest, ASocketMayBeAFile) {
  const std::vector<GivenOption> given = {{"http", "unix:///run/mosquitto/metrics.sock?mode=0660"}};
  EXPECT_EQ(metrics::ToString(ParsePluginOptions(given).value().http), "unix:///run/mosquitto/metrics.sock");
}

TEST(PluginOptionsTest, ErrorsBeginWithTheOption) {
  EXPECT_THAT(ErrorOf("port", "1883"), StartsWith("plugin_opt_port: "));
  EXPECT_THAT(ErrorOf("topic_levels", "one"), StartsWith("plugin_opt_topic_levels: "));
  EXPECT_THAT(ErrorOf("topic_levels", "17"), HasSubstr("0 to 16"));
  EXPECT_THAT(ErrorOf("prefix_series_max", "0"), HasSubstr("1 to 10000"));
  EXPECT_THAT(ErrorOf("prefix_series_max", "-1"), HasSubstr("1 to 10000"));
  EXPECT_THAT(ErrorOf("topic_rule", "a/#/b"), StartsWith("plugin_opt_topic_rule: "));
  EXPECT_THAT(ErrorOf("web_config", "  "), HasSubstr("a value is missing"));
  EXPECT_THAT(ErrorOf("http", "127.0.0.1:9101"), HasSubstr("twice"));
}

TEST(PluginOptionsTest, ABadAddressIsNamed) {
  const std::vector<GivenOption> given = {{"http", "9100"}};
  EXPECT_THAT(ParsePluginOptions(given).status().message(), StartsWith("plugin_opt_http: "));
}

TEST(PluginOptionsTest, ChecksAreOnOnlyWithTheNameOfTheFileTheyNeed) {
  EXPECT_THAT(ErrorOf("acl_checks", "true"), HasSubstr("with_acl_file"));
  EXPECT_THAT(ErrorOf("auth_checks", "with_acl_file"), HasSubstr("with_password_file"));
}

TEST(PluginOptionsTest, TheClientOfSysHasAnAddressAndPerhapsAUser) {
  const PluginOptions options = Parse({{"sys_client", "127.0.0.1:1883"},
                                       {"sys_user", "metrics"},
                                       {"sys_password_file", "/etc/mosquitto/metrics.password"}})
                                    .value();
  EXPECT_EQ(options.sys_client->ToString(), "127.0.0.1:1883");
  EXPECT_EQ(options.sys_user, "metrics");
  EXPECT_EQ(options.sys_password_file, "/etc/mosquitto/metrics.password");
  EXPECT_EQ(Parse({{"sys_client", "[::1]:1883"}}).value().sys_client->host, "::1");
}

TEST(PluginOptionsTest, OptionsOfTheClientOfSysBelongTogether) {
  EXPECT_THAT(ErrorOf("sys_client", "localhost:1883"), HasSubstr("no IP address"));
  EXPECT_THAT(ErrorOf("sys_client", "1883"), StartsWith("plugin_opt_sys_client: "));
  EXPECT_THAT(ErrorOf("sys_user", "metrics"), HasSubstr("go together"));
  EXPECT_THAT(ErrorOf("sys_password_file", "/x"), HasSubstr("go together"));
  EXPECT_THAT(Parse({{"sys_user", "metrics"}, {"sys_password_file", "/x"}}).status().message(),
              HasSubstr("no plugin_opt_sys_client"));
}

TEST(PluginOptionsTest, RulesAreLimited) {
  std::vector<GivenOption> given(kTopicRulesMax, GivenOption{.key = "topic_rule", .value = "a/#"});
  EXPECT_TRUE(Parse(given).ok());
  given.push_back(given.front());
  EXPECT_THAT(Parse(given).status().message(), HasSubstr("more than 32"));
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
