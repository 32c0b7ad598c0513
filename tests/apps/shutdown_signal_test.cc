#include "apps/shutdown_signal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <future>

namespace streamhouse::apps {
namespace {

constexpr std::chrono::milliseconds kForEver = std::chrono::hours(1);

class ShutdownSignalTest : public testing::TestWithParam<int> {
 protected:
  // Under nohup, or behind an "&" of a script, it would be ignored.
  ShutdownSignalTest() { ::signal(GetParam(), SIG_DFL); }
};
INSTANTIATE_TEST_SUITE_P(EachSignal, ShutdownSignalTest, testing::Values(SIGHUP, SIGINT, SIGTERM),
                         [](const auto& info) {
                           return info.param == SIGHUP ? "Sighup" : info.param == SIGINT ? "Sigint" : "Sigterm";
                         });

TEST_P(ShutdownSignalTest, StaysRequestedOnceASignalHasCome) {
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

TEST_P(ShutdownSignalTest, TakesTwoSignalsAtOnceForOneRequest) {
  const ShutdownSignal shutdown;
  ::raise(GetParam());
  ::raise(GetParam());
  EXPECT_TRUE(shutdown.requested());
}

TEST_P(ShutdownSignalTest, HearsASignalThatWasBlocked) {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, GetParam());
  ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  {
    const ShutdownSignal shutdown;
    ::raise(GetParam());
    EXPECT_TRUE(shutdown.requested());
  }
  sigset_t after;
  ::pthread_sigmask(SIG_UNBLOCK, &blocked, &after);
  EXPECT_EQ(::sigismember(&after, GetParam()), 1);
}

class SecondSignalTest : public ShutdownSignalTest {};
INSTANTIATE_TEST_SUITE_P(EachSignal, SecondSignalTest, testing::Values(SIGINT, SIGTERM),
                         [](const auto& info) { return info.param == SIGINT ? "Sigint" : "Sigterm"; });

TEST_P(SecondSignalTest, EndsTheProcessWhenItComesLater) {
  EXPECT_EXIT(
      {
        const ShutdownSignal shutdown;
        while (true) ::raise(GetParam());
      },
      testing::KilledBySignal(GetParam()), "");
}

TEST(HangupTest, EndsNoProcessHoweverOftenItComes) {
  ::signal(SIGHUP, SIG_DFL);
  const ShutdownSignal shutdown;
  const auto end = std::chrono::steady_clock::now() + 2 * ShutdownSignal::kSameRequest;
  while (std::chrono::steady_clock::now() < end) ::raise(SIGHUP);
  EXPECT_TRUE(shutdown.requested());
}

// What nohup(1) does, and a shell without job control to what it starts in the background.
TEST(IgnoredSignalTest, StaysIgnoredUnlessItIsSigterm) {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
    const auto before = ::signal(signal, SIG_IGN);
    {
      const ShutdownSignal shutdown;
      ::raise(signal);
      EXPECT_EQ(shutdown.requested(), signal == SIGTERM) << signal;
    }
    ::signal(signal, before);
  }
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
