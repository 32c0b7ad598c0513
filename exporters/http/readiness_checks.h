// ReadinessChecks: evaluates a Health for the requests that ask for it, on a thread of its own.
//
// When to use something else: Health::Evaluate, where the caller may wait for a slow check.
// Guarantees:
// 1. Ask() never waits for a check.
// 2. One evaluation runs at a time. When it ends, all requests that wait get its response. A
//    request that comes while it runs gets its report too: the report may be of a moment before the
//    request, by the duration of one evaluation.
// 3. A request waits for at most `wait_time`; one that finds kReadinessRequestsMax requests waiting
//    does not wait. Both get a report with one failed check, "readiness", that gives the reason,
//    and are counted (Limit::kReadinessChecks).
// 4. When Close() has returned, no check runs, and no request is answered. It waits for the
//    evaluation that runs; where a check never returns, neither does Close().
// Invariants:
// 1. Requests wait in the order of their deadlines, and at most kReadinessRequestsMax do.
// Thread safety: all in handlers of the executor, or within its Close(); IsInside() from any
// thread.
// Cost: a thread from the first Ask() on.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "exporters/http/server_executor.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/health.h"

namespace streamhouse::exporters {

// How long a request of /ready waits for the checks.
inline constexpr std::chrono::seconds kReadinessTime{5};
// Requests of /ready that wait for the checks.
inline constexpr std::size_t kReadinessRequestsMax = 64;

class ReadinessChecks {
 public:
  using Done = std::function<void(const metrics::Health::Report& report)>;

  // `health` and `metrics` are used until Close(), which must be called before the end of these
  // checks.
  ReadinessChecks(ServerExecutor executor, const metrics::Health& health, const ServerMetrics& metrics,
                  std::chrono::milliseconds wait_time = kReadinessTime);
  ReadinessChecks(const ReadinessChecks&) = delete;
  ReadinessChecks& operator=(const ReadinessChecks&) = delete;

  // Calls `done` once, at once or from a later handler.
  void Ask(Done done);
  void Close();

  // Whether this thread runs one of the checks.
  bool IsInside() const;

 private:
  struct Waiting {
    std::chrono::steady_clock::time_point deadline;
    Done done;
  };

  bool MakeThread();
  void Evaluate();
  void AnswerAll(const metrics::Health::Report& report);
  void WaitForFirstDeadline();
  void AnswerExpired();

  // Immutable after construction.
  const ServerExecutor executor_;
  const metrics::Health& health_;
  const ServerMetrics& metrics_;
  const std::chrono::milliseconds wait_time_;

  // Used by handlers of the executor, and by its Close().
  std::deque<Waiting> waiting_;  // in the order of their coming, and so of their deadlines
  bool evaluating_ = false;
  boost::asio::steady_timer late_{executor_};
  std::unique_ptr<boost::asio::thread_pool> thread_;  // null before the first Ask(), and once closed
};

}  // namespace streamhouse::exporters
