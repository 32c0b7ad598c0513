// SideThread: a thread beside the broker's, with descriptors of its own, that takes no signals.
//
// While several threads share a table of descriptors, the kernel counts a reference to the file in
// each system call that names a descriptor. A broker makes several such calls for each message. So
// the threads of the page leave the broker's table to the broker, and have another one.
//
// When to use something else: metrics::StartThread(), where no thread makes many system calls.
// Guarantees:
// 1. `begin` runs on the thread, then, when the destructor is called or `begin` has failed, `end`.
// 2. Threads that these start have the same descriptors, and take no signals either.
// 3. Of the descriptors that are open at the start, the thread has copies of 0, 1 and 2 alone. What
//    it opens does not count towards the broker's limit of descriptors.
// Limits: Linux before 5.9, or a filter of system calls, may refuse the second table. Then all
// threads share the first one, and has_own_descriptors() is false.
// Thread safety: one thread.
// Cost: a thread that sleeps.
// Errors: those of `begin`; Unavailable where the system has no thread left. What `begin` throws
// leaves Start(), and so does std::bad_alloc.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

class SideThread {
 public:
  // Returns when `begin` has. `end` must not throw.
  static metrics::Result<std::unique_ptr<SideThread>> Start(std::function<metrics::Status()> begin,
                                                            std::function<void()> end);
  ~SideThread();
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  bool has_own_descriptors() const { return descriptors_error_ == 0; }
  // The errno of the system where it has refused them, else 0.
  int descriptors_error() const { return descriptors_error_; }

 private:
  explicit SideThread(std::function<void()> end) : end_(std::move(end)) {}

  const std::function<void()> end_;
  int descriptors_error_ = 0;  // written by the thread before `begin`
  std::promise<void> stop_;
  std::thread thread_;
};

}  // namespace streamhouse::mosquitto_plugin
