#include "client/internal/arrival_signal.h"

#include <thread>

#include <gtest/gtest.h>

namespace streamhouse::client {
namespace {

using std::chrono::steady_clock;

TEST(ArrivalSignalTest, AnArrivalAfterLookingEndsTheWait) {
  ArrivalSignal signal;
  const std::uint64_t seen = signal.count();
  signal.Notify();
  signal.WaitBeyond(seen, steady_clock::time_point::max());
  EXPECT_EQ(signal.count(), seen + 1);
}

TEST(ArrivalSignalTest, AnArrivalFromAnotherThreadEndsTheWait) {
  ArrivalSignal signal;
  std::jthread notifier([&signal] { signal.Notify(); });
  signal.WaitBeyond(0, steady_clock::time_point::max());
  EXPECT_EQ(signal.count(), 1U);
}

TEST(ArrivalSignalTest, TheDeadlineEndsTheWait) {
  ArrivalSignal signal;
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(20);
  signal.WaitBeyond(0, deadline);
  EXPECT_GE(steady_clock::now(), deadline);
  EXPECT_EQ(signal.count(), 0U);
}

}  // namespace
}  // namespace streamhouse::client
