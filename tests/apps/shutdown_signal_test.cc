#include "apps/shutdown_signal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <future>

namespace streamhouse::apps {
namespace {

constexpr std::chrono::milliseconds kForEver = std::chrono::hours(1);

class ShutdownSignalTest : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(EachSignal, ShutdownSignalTest, testing::Values(SIGINT, SIGTERM),
                         [](const auto& info) { return info.param == SIGINT ? "Sigint" : "Sigterm"; });

TEST_P(ShutdownSignalTest, IsRequestedForEverOnceASignalHasCome) {
  const ShutdownSignal shutdown;
  EXPECT_FALSE(shutdown.requested());
  ::raise(GetParam());
  EXPECT_TRUE(shutdown.requested());
  EXPECT_TRUE(shutdown.WaitFor(kForEver));
}

TEST_P(ShutdownSignalTest, EndsAWaitThatIsUnderWay) {
  const ShutdownSignal shutdown;
  const auto waiting = std::async(std::launch::async, [&] { shutdown.Wait(); });
  ::kill(::getpid(), GetParam());
  waiting.wait();
}

TEST_P(ShutdownSignalTest, LetsTheSecondSignalEndTheProcess) {
  EXPECT_EXIT(
      {
        const ShutdownSignal shutdown;
        ::raise(GetParam());
        ::raise(GetParam());
      },
      testing::KilledBySignal(GetParam()), "");
}

TEST(ShutdownSignalTimeTest, GivesUpAfterItsTime) {
  const ShutdownSignal shutdown;
  EXPECT_FALSE(shutdown.WaitFor(std::chrono::milliseconds(20)));
}

TEST(ShutdownSignalTimeTest, PutsBackWhatTheSignalsDidBefore) {
  struct sigaction before = {};
  ::sigaction(SIGINT, nullptr, &before);
  { const ShutdownSignal shutdown; }
  struct sigaction after = {};
  ::sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

}  // namespace
}  // namespace streamhouse::apps
