#include "exporters/http/server_executor.h"

#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;

// Whether a thread of this process waits for something.
bool IsAsleep(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string number;
  std::string name;
  char state = 0;
  return (file >> number >> name >> state) && state == 'S';
}

class ServerExecutorTest : public testing::Test {
 protected:
  asio::io_context context_;
  const ServerExecutor executor_ = ServerExecutor::OnAnyThreads(context_.get_executor());
};

TEST_F(ServerExecutorTest, RunsOneHandlerAtATimeOnAnyNumberOfThreads) {
  int count = 0;  // as ThreadSanitizer watches
  for (int i = 0; i < 1000; ++i) asio::post(executor_, [&] { ++count; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([this] { context_.run(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 1000);
}

TEST_F(ServerExecutorTest, CallsAHandlerFromAnother) {
  std::vector<int> order;
  asio::post(executor_, [&] {
    asio::post(executor_, [&] { order.push_back(3); });
    asio::dispatch(executor_, [&] { order.push_back(1); });
    order.push_back(2);
  });
  context_.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST_F(ServerExecutorTest, DestroysHandlersOnceItIsClosedWithoutCallingThem) {
  auto kept = std::make_shared<int>();
  bool was_called = false;
  asio::post(executor_, [&, kept] { was_called = true; });
  executor_.Close([] {});
  context_.run();
  EXPECT_FALSE(was_called);
  EXPECT_EQ(kept.use_count(), 1);
}

TEST_F(ServerExecutorTest, ClosesOnceAndAlsoWhileNoThreadRunsTheContext) {
  int closed = 0;
  executor_.Close([&] { ++closed; });
  executor_.Close([&] { ++closed; });
  EXPECT_EQ(closed, 1);
}

// Goal: Close() waits for the handler that runs, and not for those behind it. Method: while one runs and many stand
// behind it, another thread closes, and sleeps until the one has ended.
TEST_F(ServerExecutorTest, ClosesBeforeTheHandlersThatWait) {
  std::promise<void> running;
  std::promise<void> may_end;
  int later_runs = 0;
  asio::post(executor_, [&] {
    running.set_value();
    may_end.get_future().wait();
  });
  for (int i = 0; i < 100; ++i) asio::post(executor_, [&] { ++later_runs; });
  std::thread thread([this] { context_.run(); });
  running.get_future().wait();
  std::atomic<pid_t> closer = 0;
  std::thread close([&] {
    // Relaxed: it orders nothing.
    closer.store(gettid(), std::memory_order_relaxed);
    executor_.Close([] {});
  });
  // Relaxed: as above.
  EXPECT_TRUE(Eventually([&] { return IsAsleep(closer.load(std::memory_order_relaxed)); }));
  may_end.set_value();
  close.join();
  thread.join();
  EXPECT_EQ(later_runs, 0);
}

// Goal: Close() waits also for the end of what a handler owns. Method: while that is destroyed, another thread asks
// whether the executor is busy.
TEST_F(ServerExecutorTest, IsBusyUntilWhatAHandlerOwnsIsDestroyed) {
  bool is_busy = false;
  const auto ask = [&](const int* owned) {
    delete owned;
    is_busy = true;
    std::thread([&] { executor_.CloseUnlessBusy([&] { is_busy = false; }); }).join();
  };
  asio::post(executor_, [owned = std::unique_ptr<int, decltype(ask)>(new int(0), ask)] {});
  context_.run();
  EXPECT_TRUE(is_busy);
}

TEST_F(ServerExecutorTest, CallsNoHandlerOfADestructorOnceItIsClosed) {
  struct Dispatcher {
    ~Dispatcher() {
      asio::dispatch(executor, [&was_called = was_called] { was_called = true; });
    }
    const ServerExecutor executor;
    bool& was_called;
  };
  bool was_called = false;
  asio::post(executor_, [owned = std::unique_ptr<Dispatcher>(new Dispatcher{executor_, was_called})] {});
  executor_.Close([] {});
  context_.run();
  EXPECT_FALSE(was_called);
}

TEST_F(ServerExecutorTest, WaitsForTheHandlerThatRuns) {
  std::promise<void> running;
  std::promise<void> may_end;
  bool has_ended = false;
  asio::post(executor_, [&] {
    EXPECT_TRUE(executor_.IsInside());
    running.set_value();
    may_end.get_future().wait();
    has_ended = true;
  });
  std::thread thread([this] { context_.run(); });
  running.get_future().wait();
  executor_.CloseUnlessBusy([] { ADD_FAILURE() << "it is busy"; });
  std::thread release([&] { may_end.set_value(); });
  executor_.Close([&] { EXPECT_TRUE(has_ended); });
  EXPECT_FALSE(executor_.IsInside());
  thread.join();
  release.join();
}

}  // namespace
}  // namespace streamhouse::exporters
