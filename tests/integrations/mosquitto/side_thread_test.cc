#include "integrations/mosquitto/side_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <new>
#include <thread>

#include "tests/integrations/mosquitto/refused_close_range.h"
#include "tests/integrations/mosquitto/scarce_memory.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::Status;

bool IsOpen(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) >= 0;
}

int OpenNull() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(SideThreadTest, DescriptorsOfEachSideAreItsOwn) {
  const int of_broker = OpenNull();
  int of_side = -1;
  bool is_open_there = true;
  const auto begin = [&] {
    is_open_there = IsOpen(of_broker);
    // A number that the broker does not use.
    of_side = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, of_broker + 100);
    return Status::Ok();
  };
  const auto side = SideThread::Start(begin, [] {}).value();
  EXPECT_TRUE(side->has_own_descriptors());
  EXPECT_FALSE(is_open_there);
  EXPECT_TRUE(IsOpen(of_broker));
  EXPECT_GT(of_side, of_broker);
  EXPECT_FALSE(IsOpen(of_side));
  ::close(of_broker);
}

TEST(SideThreadTest, ThreadsOfItsThreadHaveTheSameDescriptorsUntilTheEnd) {
  int of_side = -1;
  bool is_open_at_the_end = false;
  const auto end = [&] { std::thread([&] { is_open_at_the_end = IsOpen(of_side); }).join(); };
  auto side = SideThread::Start([&] { return of_side = OpenNull(), Status::Ok(); }, end).value();
  EXPECT_FALSE(is_open_at_the_end);
  side.reset();
  EXPECT_TRUE(is_open_at_the_end);
}

TEST(SideThreadTest, TakesNoSignalsAndLeavesThemToTheBroker) {
  sigset_t of_side;
  sigset_t of_broker;
  const auto begin = [&] { return pthread_sigmask(SIG_SETMASK, nullptr, &of_side), Status::Ok(); };
  const auto side = SideThread::Start(begin, [] {}).value();
  pthread_sigmask(SIG_SETMASK, nullptr, &of_broker);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGUSR1}) {
    EXPECT_EQ(sigismember(&of_side, number), 1) << number;
    EXPECT_EQ(sigismember(&of_broker, number), 0) << number;
  }
}

TEST(SideThreadTest, SharesDescriptorsWhereTheSystemRefusesATable) {
  RunWithoutCloseRange([] {
    const int of_broker = OpenNull();
    bool is_open_there = false;
    const auto begin = [&] { return is_open_there = IsOpen(of_broker), Status::Ok(); };
    EXPECT_EQ(SideThread::Start(begin, [] {}).value()->descriptors_error(), ENOSYS);
    EXPECT_TRUE(is_open_there);
    ::close(of_broker);
  });
}

// The method: each allocation of a start fails once.
TEST(SideThreadTest, AStartWithoutMemoryLeavesTheSignalsToTheBroker) {
  int failing = 0;
  for (std::unique_ptr<SideThread> side; side == nullptr; ++failing) {
    try {
      const FailingAllocation failure(failing);
      side = SideThread::Start([] { return Status::Ok(); }, [] {}).value();
    } catch (const std::bad_alloc&) {
      EXPECT_EQ(side, nullptr);
    }
    sigset_t of_broker;
    pthread_sigmask(SIG_SETMASK, nullptr, &of_broker);
    EXPECT_EQ(sigismember(&of_broker, SIGTERM), 0) << failing;
  }
  EXPECT_GT(failing, 2);
}

TEST(SideThreadTest, ABeginThatFailsIsEndedAndTold) {
  bool has_ended = false;
  const auto begin = [] { return Status(metrics::StatusCode::kUnavailable, "no port"); };
  EXPECT_EQ(SideThread::Start(begin, [&] { has_ended = true; }).status().message(), "no port");
  EXPECT_TRUE(has_ended);
}

TEST(SideThreadTest, WhatItsBeginThrowsLeavesTheStart) {
  bool has_ended = false;
  const auto begin = []() -> Status { throw std::bad_alloc(); };
  EXPECT_THROW(SideThread::Start(begin, [&] { has_ended = true; }).status(), std::bad_alloc);
  EXPECT_TRUE(has_ended);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
