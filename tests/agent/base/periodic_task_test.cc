#include "agent/base/periodic_task.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "metrics_core/status.h"
#include "tests/support/eventually.h"
#include "tests/support/few_threads.h"

namespace streamhouse::agent {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(PeriodicTaskTest, RunsAtOnceAndAgainAfterItsWait) {
  std::promise<void> third_run;
  int runs = 0;
  PeriodicTask task([&]() -> nanoseconds {
    if (++runs == 3) third_run.set_value();
    return runs < 3 ? nanoseconds(milliseconds(1)) : nanoseconds(hours(1));
  });
  ASSERT_TRUE(task.Start().ok());
  EXPECT_TRUE(InTime(third_run.get_future()));
  task.Stop();
  EXPECT_EQ(runs, 3);
}

TEST(PeriodicTaskTest, RunsSoonWhenAsked) {
  std::promise<void> first_run;
  std::promise<void> second_run;
  int runs = 0;
  PeriodicTask task([&]() -> nanoseconds {
    (++runs == 1 ? first_run : second_run).set_value();
    return hours(1);
  });
  ASSERT_TRUE(task.Start().ok());
  EXPECT_TRUE(InTime(first_run.get_future()));
  task.RunSoon();
  EXPECT_TRUE(InTime(second_run.get_future()));
  task.Stop();
  EXPECT_EQ(runs, 2);
}

TEST(PeriodicTaskTest, StopsInTheMiddleOfAWaitAndTwice) {
  std::promise<void> ran;
  PeriodicTask task([&]() -> nanoseconds {
    ran.set_value();
    return hours(1);
  });
  ASSERT_TRUE(task.Start().ok());
  EXPECT_TRUE(InTime(ran.get_future()));
  task.Stop();
  task.Stop();
}

TEST(PeriodicTaskTest, SaysThatThereIsNoThreadLeftAndMayBeStopped) {
  PeriodicTask task([]() -> nanoseconds { return hours(1); });
  const FewThreads none(0);
  EXPECT_EQ(task.Start().code(), metrics::StatusCode::kUnavailable);
  task.Stop();
}

TEST(PeriodicTaskTest, MayBeStoppedWithoutAStart) {
  PeriodicTask task([]() -> nanoseconds { return hours(1); });
  task.Stop();
}

}  // namespace
}  // namespace streamhouse::agent
