#include "exporters/http/server_executor.h"

#include <gtest/gtest.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/watched_thread.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;

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

// Goal: Close() waits also for the end of what a handler owns. Method: while that is destroyed,
// another thread asks whether the executor is busy.
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

// A handler that runs until the test lets it end.
class BusyServerExecutorTest : public ServerExecutorTest {
 protected:
  BusyServerExecutorTest() {
    asio::post(executor_, [this] {
      EXPECT_TRUE(executor_.IsInside());
      running_.set_value();
      EXPECT_TRUE(InTime(may_end_.get_future()));
      has_ended_ = true;
    });
  }
  void RunContext() {
    thread_ = std::thread([this] { context_.run(); });
    EXPECT_TRUE(InTime(running_.get_future()));
  }
  // Another thread closes, and sleeps until the handler has ended.
  void CloseWhileItRuns() {
    WatchedThread closer([this] { executor_.Close([this] { EXPECT_TRUE(has_ended_); }); });
    EXPECT_TRUE(closer.EventuallySleeps());
    may_end_.set_value();
    closer.Join();
    thread_.join();
  }

 private:
  std::promise<void> running_;
  std::promise<void> may_end_;
  bool has_ended_ = false;
  std::thread thread_;
};

TEST_F(BusyServerExecutorTest, ClosesBeforeTheHandlersThatWait) {
  int later_runs = 0;
  for (int i = 0; i < 100; ++i) asio::post(executor_, [&] { ++later_runs; });
  RunContext();
  CloseWhileItRuns();
  EXPECT_EQ(later_runs, 0);
}

TEST_F(BusyServerExecutorTest, WaitsForTheHandlerThatRuns) {
  RunContext();
  executor_.CloseUnlessBusy([] { ADD_FAILURE() << "it is busy"; });
  CloseWhileItRuns();
  EXPECT_FALSE(executor_.IsInside());
}

}  // namespace
}  // namespace streamhouse::exporters
