// WatchedThread: a thread that is seen to wait, for tests of calls that must not return before
// something has happened.
//
// When to use something else: std::thread, where a test need not know that it waits.
// Guarantees: EventuallySleeps() is false where the action has ended, so that a call that does not
// wait is found out. It is true also where the thread waits for something else than the test means,
// as for memory.
// Thread safety: the methods, from the thread that made it.
//
//   WatchedThread closer([&] { executor.Close([] {}); });
//   EXPECT_TRUE(closer.EventuallySleeps());
//   may_end.set_value();
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "tests/support/eventually.h"

namespace streamhouse {

class WatchedThread {
 public:
  template <typename Action>
  explicit WatchedThread(Action action)
      : thread_([this, action = std::move(action)] {
          // Relaxed, here and below: the numbers order nothing.
          id_.store(gettid(), std::memory_order_relaxed);
          action();
          // Relaxed: as above.
          has_ended_.store(true, std::memory_order_relaxed);
        }) {}
  // Waits for the end of the action.
  ~WatchedThread() { Join(); }
  WatchedThread(const WatchedThread&) = delete;
  WatchedThread& operator=(const WatchedThread&) = delete;

  // Whether it comes to wait for something before its action ends.
  bool EventuallySleeps() const {
    bool is_asleep = false;
    Eventually([&] {
      is_asleep = IsAsleep();
      // Relaxed: as above.
      return is_asleep || has_ended_.load(std::memory_order_relaxed);
    });
    return is_asleep;
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  bool IsAsleep() const {
    // Relaxed: as above.
    std::ifstream file("/proc/self/task/" + std::to_string(id_.load(std::memory_order_relaxed)) + "/stat");
    std::string number;
    std::string name;
    char state = 0;
    return (file >> number >> name >> state) && state == 'S';
  }

  std::atomic<pid_t> id_ = 0;
  std::atomic<bool> has_ended_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace streamhouse
