#include "exporters/push/push_loop.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <latch>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/push/push_deadline.h"
#include "exporters/push/push_metrics.h"
#include "exporters/push/stop_signal.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/support/eventually.h"
#include "tests/support/watched_thread.h"

namespace {

// Whether SIGTERM was blocked where the latest thread was made: a thread begins with the signals of
// its maker.
std::atomic<bool> was_blocked = false;

}  // namespace

// In the place of the system's.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                              void* argument) noexcept {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  // Relaxed: read by the same thread.
  was_blocked.store(sigismember(&blocked, SIGTERM) == 1, std::memory_order_relaxed);
  static const auto next = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return next(thread, attributes, run, argument);
}

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using std::chrono::milliseconds;

class PushLoopTest : public testing::Test {
 protected:
  PushLoopOptions Every(milliseconds interval) { return {.interval = interval, .push_time = std::chrono::hours(1)}; }
  PushLoop::Push Push() {
    return [this](PushDeadline deadline) {
      const std::lock_guard lock(mutex_);
      EXPECT_GT(deadline, std::chrono::steady_clock::now());
      ++pushes_;
      pushed_.notify_all();
      return pushes_ % 2 == 0 ? Status(StatusCode::kUnavailable, "away") : Status::Ok();
    };
  }
  bool WaitForPushes(int count) {
    std::unique_lock lock(mutex_);
    return pushed_.wait_for(lock, std::chrono::seconds(30), [&] { return pushes_ >= count; });
  }
  // What the log says of pushes that fail with these messages, and the last one from then on; an
  // empty one succeeds.
  std::vector<std::string> LinesOf(const std::vector<std::string>& messages) {
    std::vector<std::string> lines;
    PushLoopOptions options = Every(milliseconds(1));
    options.log = [&](std::string_view line) { lines.emplace_back(line); };
    const auto push = [&](PushDeadline) {
      const std::lock_guard lock(mutex_);
      const std::string& message = messages[std::min(static_cast<std::size_t>(pushes_++), messages.size() - 1)];
      pushed_.notify_all();
      return message.empty() ? Status::Ok() : Status(StatusCode::kUnavailable, message);
    };
    PushLoop loop("test", "test://a", push, options, metrics_);
    EXPECT_TRUE(loop.Start().ok());
    // The push after the last one comes once that is logged.
    EXPECT_TRUE(WaitForPushes(static_cast<int>(messages.size()) + 1));
    loop.Stop();
    return lines;
  }
  double Counted(std::string_view outcome) {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_pushes_total", {{"exporter", "test"}, {"outcome", outcome}}).value_or(0);
  }

  metrics::Registry registry_;
  const PushMetrics metrics_ = PushMetrics::Register(registry_).value();
  std::mutex mutex_;
  std::condition_variable pushed_;
  int pushes_ = 0;  // guarded by mutex_
};

TEST_F(PushLoopTest, PushesAgainAndAgainAlsoAfterFailures) {
  PushLoop loop("test", "test://a", Push(), Every(milliseconds(1)), metrics_);
  ASSERT_TRUE(loop.Start().ok());
  EXPECT_TRUE(WaitForPushes(10));
}

TEST_F(PushLoopTest, PushesALastTimeAtTheEnd) {
  PushLoop loop("test", "test://a", Push(), Every(std::chrono::hours(1)), metrics_);
  ASSERT_TRUE(loop.Start().ok());
  loop.Stop();
  EXPECT_EQ(pushes_, 1);
  loop.Stop();
  EXPECT_EQ(pushes_, 1);
}

TEST_F(PushLoopTest, PushesOnceWhenAskedAndLogsNothing) {
  PushLoopOptions options = Every(std::chrono::hours(1));
  options.log = [](std::string_view line) { ADD_FAILURE() << line; };
  PushLoop loop("test", "test://a", Push(), options, metrics_);
  EXPECT_TRUE(loop.PushOnce().ok());
  EXPECT_EQ(loop.PushOnce().message(), "away");
  EXPECT_EQ(pushes_, 2);
}

TEST_F(PushLoopTest, CountsEveryPush) {
  PushLoop loop("test", "test://a", Push(), Every(milliseconds(1)), metrics_);
  ASSERT_TRUE(loop.Start().ok());
  ASSERT_TRUE(WaitForPushes(3));
  loop.Stop();
  EXPECT_EQ(Counted("ok") + Counted("failed"), pushes_);
  EXPECT_GE(Counted("failed"), 1);
}

TEST_F(PushLoopTest, LogsWhenPushesBeginToFailAndWhenTheyWorkAgain) {
  EXPECT_EQ(LinesOf({"", "away", "away", "", "", "away"}),
            (std::vector<std::string>{"test://a: pushes fail: away", "test://a: pushes work again",
                                      "test://a: pushes fail: away"}));
}

TEST_F(PushLoopTest, LogsAReasonThatIsNewWhilePushesFail) {
  EXPECT_EQ(LinesOf({"away", "refused", "refused", ""}),
            (std::vector<std::string>{"test://a: pushes fail: away", "test://a: pushes fail: refused",
                                      "test://a: pushes work again"}));
}

// Goal: a push that Stop() cuts short is not taken for a receiver that is unreachable.
TEST_F(PushLoopTest, LogsNoFailureOfAPushThatIsStopped) {
  std::vector<std::string> lines;
  PushLoopOptions options = {.interval = milliseconds(1),
                             .log = [&](std::string_view line) { lines.emplace_back(line); }};
  std::latch is_pushing(1);
  PushLoop* running = nullptr;
  const auto push = [&](PushDeadline deadline) {
    if (running->stop_signal().is_given()) return Status::Ok();
    is_pushing.count_down();
    const bool is_stopped = running->stop_signal().WaitUntil(deadline + std::chrono::hours(1));
    return is_stopped ? Status(StatusCode::kUnavailable, "stopped") : Status::Ok();
  };
  PushLoop loop("test", "test://a", push, options, metrics_);
  running = &loop;
  ASSERT_TRUE(loop.Start().ok());
  ASSERT_TRUE(InTime(is_pushing));
  loop.Stop();
  EXPECT_EQ(lines, std::vector<std::string>());
  EXPECT_EQ(Counted("failed"), 1);
}

// Goal: two pushes, the one that runs and the last one, are all that Stop() waits for. Method: the
// first ends only when another thread waits in Stop(), and the last takes all of its time.
TEST_F(PushLoopTest, StopsWithinTheTimeOfTwoPushes) {
  std::latch is_stopping(1);
  const auto push = [&](PushDeadline deadline) {
    std::unique_lock lock(mutex_);
    const bool is_first = ++pushes_ == 1;
    pushed_.notify_all();
    if (!is_first) pushed_.wait_until(lock, deadline, [] { return false; });
    lock.unlock();
    EXPECT_TRUE(!is_first || InTime(is_stopping));
    return Status(StatusCode::kDeadlineExceeded, "slow");
  };
  PushLoop loop("test", "test://a", push, {.interval = milliseconds(1), .push_time = milliseconds(100)}, metrics_);
  ASSERT_TRUE(loop.Start().ok());
  ASSERT_TRUE(WaitForPushes(1));
  WatchedThread stopper([&] { loop.Stop(); });
  EXPECT_TRUE(stopper.EventuallySleeps());
  is_stopping.count_down();
  stopper.Join();
  EXPECT_EQ(pushes_, 2);
}

// Goal: a signal for the program never ends in the thread of an exporter, not even in its first
// moment.
TEST_F(PushLoopTest, ItsThreadBeginsWithAllSignalsBlocked) {
  PushLoop loop("test", "test://a", Push(), Every(std::chrono::hours(1)), metrics_);
  ASSERT_TRUE(loop.Start().ok());
  // Relaxed: this thread has made the loop's.
  EXPECT_TRUE(was_blocked.load(std::memory_order_relaxed));
  loop.Stop();
}

// Method: a thread gets a stack that no address space has room for.
TEST_F(PushLoopTest, SaysThatTheProcessCanMakeNoThread) {
  pthread_attr_t before;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  pthread_attr_t huge = before;
  ASSERT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 48), 0);
  PushLoop loop("test", "test://a", Push(), Every(std::chrono::hours(1)), metrics_);
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  const Status started = loop.Start();
  ASSERT_EQ(pthread_setattr_default_np(&before), 0);
  EXPECT_EQ(started.code(), StatusCode::kUnavailable);
  EXPECT_EQ(started.message(), "cannot start a thread: Resource temporarily unavailable");
  loop.Stop();
  EXPECT_EQ(pushes_, 0);
}

TEST_F(PushLoopTest, RefusesTimesThatAreNotAboveZero) {
  for (const milliseconds time : {milliseconds(0), milliseconds(-1)}) {
    PushLoop busy("test", "test://a", Push(), Every(time), metrics_);
    EXPECT_EQ(busy.Start(), metrics::InvalidField("interval", "must be more than 0"));
    PushLoop hurried("test", "test://a", Push(), {.interval = milliseconds(1), .push_time = time}, metrics_);
    EXPECT_EQ(hurried.Start(), metrics::InvalidField("push_time", "must be more than 0"));
  }
  EXPECT_EQ(pushes_, 0);
}

TEST_F(PushLoopTest, StopsWithoutAStart) {
  PushLoop loop("test", "test://a", Push(), Every(milliseconds(1)), metrics_);
  loop.Stop();
  EXPECT_EQ(pushes_, 0);
}

TEST_F(PushLoopTest, MayBeDestroyedByAChildOfForkAndDoesNotPushThere) {
  auto loop = std::make_unique<PushLoop>("test", "test://a", Push(), Every(std::chrono::hours(1)), metrics_);
  ASSERT_TRUE(loop->Start().ok());
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);
    loop.reset();
    _exit(pushes_);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  loop->Stop();
  EXPECT_EQ(pushes_, 1) << "the parent's last one";
}

}  // namespace
}  // namespace streamhouse::exporters
