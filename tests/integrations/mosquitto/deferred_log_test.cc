#include "integrations/mosquitto/deferred_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace streamhouse::mosquitto_plugin {
namespace {

std::vector<std::string> Written(DeferredLog& log) {
  std::vector<std::string> lines;
  log.Write([&](const std::string& line) { lines.push_back(line); });
  return lines;
}

TEST(DeferredLogTest, LinesComeOutOnceAndInOrder) {
  DeferredLog log;
  EXPECT_FALSE(log.HasLines());
  log.Add("one");
  log.Add("two");
  EXPECT_TRUE(log.HasLines());
  EXPECT_THAT(Written(log), ::testing::ElementsAre("one", "two"));
  EXPECT_FALSE(log.HasLines());
  EXPECT_THAT(Written(log), ::testing::IsEmpty());
}

TEST(DeferredLogTest, DroppedLinesAreCounted) {
  DeferredLog log;
  for (std::size_t i = 0; i < kDeferredLinesMax + 3; ++i) log.Add("line");
  const std::vector<std::string> lines = Written(log);
  EXPECT_EQ(lines.size(), kDeferredLinesMax + 1);
  EXPECT_EQ(lines.back(), "3 further lines were dropped");
}

TEST(DeferredLogTest, AnyThreadMayAdd) {
  DeferredLog log;
  std::vector<std::string> lines;
  std::thread other([&] {
    for (int i = 0; i < 50; ++i) log.Add(std::to_string(i));
  });
  for (int i = 0; i < 50; ++i) log.Write([&](const std::string& line) { lines.push_back(line); });
  other.join();
  log.Write([&](const std::string& line) { lines.push_back(line); });
  ASSERT_EQ(lines.size(), 50U);
  EXPECT_EQ(lines.back(), "49");
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
