#include "exporters/threads/blocked_signals.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <thread>

namespace streamhouse::exporters {
namespace {

bool IsBlocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

TEST(BlockedSignalsTest, AreBlockedInThreadsThatItSees) {
  bool in_thread = false;
  std::thread thread;
  {
    const BlockedSignals blocked;
    EXPECT_TRUE(IsBlocked(SIGTERM));
    thread = std::thread([&] { in_thread = IsBlocked(SIGTERM); });
  }
  thread.join();
  EXPECT_TRUE(in_thread);
  EXPECT_FALSE(IsBlocked(SIGTERM)) << "and as before once it is gone";
}

}  // namespace
}  // namespace streamhouse::exporters
