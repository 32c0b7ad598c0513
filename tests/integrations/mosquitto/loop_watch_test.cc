#include "integrations/mosquitto/loop_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace streamhouse::mosquitto_plugin {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

std::int64_t now = 0;

class LoopWatchTest : public ::testing::Test {
 protected:
  ~LoopWatchTest() override { now = 0; }
  static void Advance(std::chrono::nanoseconds time) { now += time.count(); }

  LoopWatch loop_{[] { return std::int64_t{now}; }};
};

TEST_F(LoopWatchTest, WithoutAnEventTheBrokerIsNotReady) {
  EXPECT_THAT(loop_.Check().message(), ::testing::HasSubstr("has not begun"));
  Advance(kLoopSilenceMax);
  EXPECT_THAT(loop_.Check().message(), ::testing::HasSubstr("has not begun"));
}

TEST_F(LoopWatchTest, AnEventOfAClientMakesItReadyWithoutAPass) {
  loop_.SawClient();
  EXPECT_TRUE(loop_.Check().ok());
  Advance(kLoopSilenceMax);
  EXPECT_TRUE(loop_.Check().ok());
  EXPECT_FALSE(loop_.HasPassed());
}

TEST_F(LoopWatchTest, APassMakesItReady) {
  loop_.Pass();
  EXPECT_TRUE(loop_.HasPassed());
  EXPECT_TRUE(loop_.Check().ok());
  EXPECT_EQ(loop_.Silence(), 0ns);
}

TEST_F(LoopWatchTest, ASilentLoopIsNotReadyUntilItPasses) {
  loop_.Pass();
  Advance(kLoopSilenceMax - 1ms);
  EXPECT_TRUE(loop_.Check().ok());
  Advance(2s);
  EXPECT_THAT(loop_.Check().message(), ::testing::HasSubstr("has not passed for 6 s"));
  loop_.Pass();
  EXPECT_TRUE(loop_.Check().ok());
}

TEST_F(LoopWatchTest, EachPassEndsTheSilence) {
  for (int pass = 0; pass < 3; ++pass) {
    loop_.Pass();
    EXPECT_EQ(loop_.Silence(), 0s) << pass;
    Advance(4s);
    EXPECT_EQ(loop_.Silence(), 4s) << pass;
  }
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
