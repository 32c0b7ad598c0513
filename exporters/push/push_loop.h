// PushLoop: the thread of an exporter that sends: now and then, and a last time at the end.
//
// Guarantees: pushes never overlap. Each is told when it has to be done. After a failure the next one comes sooner
// (push_schedule.h), whatever the far end said of a retry: it carries newer values, not the same ones again. Stop()
// lets a push that runs finish, makes one last push, and joins. It returns within the time of two pushes if the pushes
// keep their deadlines; nothing interrupts a push that does not. Every push is counted (push_metrics.h). In the child
// of a fork Stop() returns at once and does not push: the loop is the parent's.
// Thread safety: Start and Stop from one thread.
// Cost: a thread, which takes no signals.
// Errors: Start, Unavailable where the system has no thread left.
//
//   PushLoop loop("textfile", [&](PushDeadline deadline) { return Write(deadline); }, {.interval = …}, metrics);
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "exporters/push/push_metrics.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

using PushDeadline = std::chrono::steady_clock::time_point;

struct PushLoopOptions {
  std::chrono::milliseconds interval = std::chrono::seconds(15);
  std::chrono::milliseconds push_time = std::chrono::seconds(10);  // that each push may take
};

class PushLoop {
 public:
  // Sends what there is to send; gives up by the deadline.
  using Push = std::function<metrics::Status(PushDeadline deadline)>;

  PushLoop(std::string exporter, Push push, PushLoopOptions options, const PushMetrics& metrics);
  ~PushLoop();  // stops
  PushLoop(const PushLoop&) = delete;
  PushLoop& operator=(const PushLoop&) = delete;

  // The first push comes after one interval.
  metrics::Status Start();
  // May be called without Start(), and twice.
  void Stop();

  // One push, now, on the caller's thread: to see at the start whether it works. Not while the loop runs.
  metrics::Status PushOnce();

 private:
  struct Waiting {
    metrics::Mutex mutex;
    metrics::CondVar stop_requested;
    bool stopping STREAMHOUSE_GUARDED_BY(mutex) = false;
  };

  void Run();
  // Waits for the delay, or until the loop has to stop.
  bool IsStoppedWithin(std::chrono::milliseconds delay);
  void LeaveToParent();

  const std::string exporter_;
  const Push push_;
  const PushLoopOptions options_;
  const PushMetrics metrics_;
  std::thread thread_;
  pid_t process_ = 0;  // that the thread is in
  std::unique_ptr<Waiting> waiting_ = std::make_unique<Waiting>();
};

}  // namespace streamhouse::exporters
