#include "agent/operator_log.h"

#include <gtest/gtest.h>

#include <string>

namespace streamhouse::agent {
namespace {

TEST(OperatorLogTest, WritesALineToStandardError) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  OperatorLog().warn("partition {} is away", 7);
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("[agent] [warning] partition 7 is away\n"), std::string::npos) << text;
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace streamhouse::agent
