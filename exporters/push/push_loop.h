// PushLoop: the thread of an exporter that sends: once an interval, and a last time at the end.
//
// When to use something else: MetricsServer, where the receiver can ask.
// Invariants:
// 1. Pushes never overlap.
// 2. The thread ends only when the stop signal is given.
// Guarantees:
// 1. Each push has a deadline. After a failure the next push comes sooner (push_schedule.h).
// 2. Stop() gives the stop signal, waits for a push that runs, makes one last push, and joins. It
//    returns within the time of two pushes if the pushes keep their deadlines. It does not
//    interrupt a push that exceeds its deadline. A push over HTTP whose receiver is unreachable
//    looks at the stop signal and waits no longer (http/http_sender.h). A push of datagrams waits
//    for room until its deadline.
// 3. Every push is counted (push_metrics.h). The log gets a line when pushes begin to fail, with
//    the reason, a line for each new reason, and a line when they work again. A push adds one at
//    most.
// 4. In the child of a fork Stop() returns at once and does not push: the loop belongs to the
//    parent.
// Example: with an interval of 15 s and a push_time of 10 s, Stop() returns within 20 s.
// Thread safety: Start and Stop from one thread.
// Cost: a thread, which takes no signals.
// Errors: Start, Unavailable where the system has no thread left, and the errors of Check():
// FailedPrecondition after an earlier Start(), InvalidArgument for a time.
//
//   PushLoop loop("textfile", "textfile:///run/a.prom", [&](PushDeadline deadline) { return Write(deadline); },
//                 {.interval = …}, metrics);
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "exporters/push/push_deadline.h"
#include "exporters/push/push_metrics.h"
#include "exporters/push/stop_signal.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Takes one line for operators, on the thread of an exporter.
using PushLog = std::function<void(std::string_view line)>;

inline constexpr std::chrono::milliseconds kPushIntervalDefault{15'000};

struct PushLoopOptions {
  std::chrono::milliseconds interval = kPushIntervalDefault;
  std::chrono::milliseconds push_time = std::chrono::seconds(10);  // that each push may take
  PushLog log = {};                                                // empty: there is no log
};

class PushLoop {
 public:
  // Sends what there is to send; gives up by the deadline.
  using Push = std::function<metrics::Status(PushDeadline deadline)>;

  // `exporter` is the scheme, such as "textfile": the label value of its metrics. `name` is
  // Exporter::Name(): a line of the log starts with it.
  PushLoop(std::string exporter, std::string name, Push push, PushLoopOptions options, const PushMetrics& metrics);
  ~PushLoop();  // stops
  PushLoop(const PushLoop&) = delete;
  PushLoop& operator=(const PushLoop&) = delete;

  // InvalidArgument, naming the field, unless interval and push_time are above 0. push_time may be
  // longer than the interval, which counts from the end of a push. FailedPrecondition if the loop
  // was started: it does not start again.
  metrics::Status Check() const;
  // The first push comes after one interval.
  metrics::Status Start();
  // May be called without Start(), and twice.
  void Stop();

  // One push, now, on the caller's thread: to see at the start whether it works. Its failure is not
  // logged: the caller has it. Not while the loop runs. An exporter that pushes before Start()
  // calls Check() first.
  metrics::Status PushOnce();

  // Is given by Stop(). For the waits of a push; the last push finds it given.
  StopSignal& stop_signal() { return *stop_; }

 private:
  void Run();
  // Waits for the delay, or until the loop has to stop.
  bool IsStoppedWithin(std::chrono::milliseconds delay);
  void Log(const metrics::Status& pushed);
  void LeaveToParent();

  // Immutable after construction.
  const std::string exporter_;
  const std::string name_;
  const Push push_;
  const PushLoopOptions options_;
  const PushMetrics metrics_;

  // Of the thread that calls Start() and Stop().
  std::thread thread_;
  pid_t process_ = 0;  // that the thread is in

  // Of the thread that pushes; before it starts, of the caller.
  bool is_pushing_ = false;
  bool is_failing_ = false;  // by the last push, as is the reason
  std::string reason_;

  // Any thread.
  std::unique_ptr<StopSignal> stop_ = std::make_unique<StopSignal>();
};

}  // namespace streamhouse::exporters
