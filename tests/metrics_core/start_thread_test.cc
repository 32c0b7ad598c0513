#include "metrics_core/start_thread.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/status.h"
#include "tests/support/few_threads.h"

namespace streamhouse::metrics {
namespace {

TEST(StartThreadTest, RunsTheWorkOnce) {
  int runs = 0;
  StartThread([&] { ++runs; }).value().join();
  EXPECT_EQ(runs, 1);
}

TEST(StartThreadTest, SaysThatThereIsNoThreadLeft) {
  const FewThreads few(1);
  StartThread([] {}).value().join();
  bool has_run = false;
  const Status started = StartThread([&] { has_run = true; }).status();
  EXPECT_EQ(started, Status(StatusCode::kUnavailable, "cannot start a thread: Resource temporarily unavailable"));
  EXPECT_FALSE(has_run);
}

}  // namespace
}  // namespace streamhouse::metrics
