#include "agent/base/operator_log.h"

#include <gtest/gtest.h>

#include <functional>
#include <regex>
#include <string>

namespace streamhouse::agent {
namespace {

using fmt::literals::operator""_a;

class OperatorLogTest : public testing::Test {
 protected:
  ~OperatorLogTest() override { ConfigureOperatorLog({}); }

  static std::string Written(const std::function<void()>& log) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    log();
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    return testing::internal::GetCapturedStderr();
  }
  // With another text for the time.
  static std::string WrittenAsJson(const std::function<void()>& log) {
    ConfigureOperatorLog({.format = LogFormat::kJson});
    const std::regex time(R"(^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",)");
    return std::regex_replace(Written(log), time, "{TIME,");
  }
};

TEST_F(OperatorLogTest, WritesALineToStandardError) {
  const std::string text = Written([] { OperatorLog().warn("partition {} is away", 7); });
  const std::regex line(R"(^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] \[agent\] \[warning\] partition 7 is away\n$)");
  EXPECT_TRUE(std::regex_match(text, line)) << text;
}

TEST_F(OperatorLogTest, WritesFromItsLevelOn) {
  ConfigureOperatorLog({.level = LogLevel::kWarning});
  EXPECT_EQ(Written([] { OperatorLog().info("a"); }), "");
  EXPECT_NE(Written([] { OperatorLog().warn("a"); }), "");
  EXPECT_NE(Written([] { OperatorLog().error("a"); }), "");
  ConfigureOperatorLog({.level = LogLevel::kNone});
  EXPECT_EQ(Written([] { OperatorLog().error("a"); }), "");
}

TEST_F(OperatorLogTest, WritesNamedArgumentsAsMembersOfAnObject) {
  const auto log = [] {
    OperatorLog().info("{topic}: {count:>3} of {all}, {topic}", "topic"_a = "orders", "count"_a = 7, "all"_a = 0.5);
  };
  EXPECT_EQ(WrittenAsJson(log),
            R"({TIME,"level":"info","message":"orders:   7 of 0.5, orders","topic":"orders","count":7,"all":0.5})"
            "\n");
}

TEST_F(OperatorLogTest, EscapesQuotesNewlinesAndBadUtf8ForJson) {
  const auto log = [] { OperatorLog().error("{{not {name} a name}}", "name"_a = std::string("a\"b\\c\nd\xFF")); };
  EXPECT_EQ(WrittenAsJson(log), R"({TIME,"level":"error","message":"{not a\"b\\c\nd)"
                                "\xEF\xBF\xBD"
                                R"( a name}","name":"a\"b\\c\nd)"
                                "\xEF\xBF\xBD"
                                "\"}\n");
}

TEST_F(OperatorLogTest, HasNoMembersForArgumentsWithoutAName) {
  EXPECT_EQ(WrittenAsJson([] { OperatorLog().warn("{0} and {1}", 1, 2); }),
            "{TIME,\"level\":\"warning\",\"message\":\"1 and 2\"}\n");
}

}  // namespace
}  // namespace streamhouse::agent
