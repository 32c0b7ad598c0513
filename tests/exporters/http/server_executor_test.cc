#include "exporters/http/server_executor.h"

#include <gtest/gtest.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <thread>
#include <vector>

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
