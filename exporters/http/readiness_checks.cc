#include "exporters/http/readiness_checks.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <string>
#include <utility>

#include "exporters/threads/blocked_signals.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using metrics::Health;

// The checks that this thread runs.
thread_local const void* inside = nullptr;

Health::Report Failed(std::string reason) {
  return {.checks = {{"readiness", metrics::Status(metrics::StatusCode::kUnavailable, std::move(reason))}}};
}

std::string Seconds(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace

ReadinessChecks::ReadinessChecks(ServerExecutor executor, const Health& health, const ServerMetrics& metrics,
                                 std::chrono::milliseconds wait_time)
    : executor_(std::move(executor)), health_(health), metrics_(metrics), wait_time_(wait_time) {}

bool ReadinessChecks::IsInside() const {
  return inside == this;
}

void ReadinessChecks::Ask(Done done) {
  if (waiting_.size() >= kReadinessRequestsMax) {
    metrics_.CountLimit(Limit::kReadinessChecks);
    return done(Failed("too many requests wait for the checks"));
  }
  if (!MakeThread()) return done(Failed("the system has no thread left for the checks"));
  waiting_.push_back({.deadline = std::chrono::steady_clock::now() + wait_time_, .done = std::move(done)});
  // Invariant 1.
  metrics::DCheck(
      [&] {
        return waiting_.size() <= kReadinessRequestsMax &&
               std::is_sorted(waiting_.begin(), waiting_.end(),
                              [](const Waiting& a, const Waiting& b) { return a.deadline < b.deadline; });
      },
      "a bounded number of requests waits in the order of their deadlines");
  if (waiting_.size() == 1) WaitForFirstDeadline();
  if (!std::exchange(evaluating_, true)) Evaluate();
}

bool ReadinessChecks::MakeThread() {
  if (thread_ != nullptr) return true;
  const BlockedSignals blocked;
  try {
    thread_ = std::make_unique<asio::thread_pool>(1);
  } catch (const boost::system::system_error&) {
    return false;
  }
  return true;
}

void ReadinessChecks::Evaluate() {
  asio::post(*thread_, [this] {
    inside = this;
    Health::Report report = health_.Evaluate();
    inside = nullptr;
    asio::post(executor_, [this, report = std::move(report)] { AnswerAll(report); });
  });
}

void ReadinessChecks::AnswerAll(const Health::Report& report) {
  evaluating_ = false;
  late_.cancel();
  // A response may ask again: the next request of the same client.
  for (Waiting& waiting : std::exchange(waiting_, {})) waiting.done(report);
}

void ReadinessChecks::WaitForFirstDeadline() {
  late_.expires_at(waiting_.front().deadline);
  late_.async_wait([this](boost::system::error_code error) {
    if (!error) AnswerExpired();
  });
}

void ReadinessChecks::AnswerExpired() {
  const auto now = std::chrono::steady_clock::now();
  const Health::Report late = Failed("checks take longer than " + Seconds(wait_time_));
  while (!waiting_.empty() && waiting_.front().deadline <= now) {
    metrics_.CountLimit(Limit::kReadinessChecks);
    const Done done = std::move(waiting_.front().done);
    waiting_.pop_front();
    done(late);
  }
  if (!waiting_.empty()) WaitForFirstDeadline();
}

void ReadinessChecks::Close() {
  late_.cancel();
  thread_.reset();
  // What they hold may be what holds these checks.
  std::exchange(waiting_, {}).clear();
}

}  // namespace streamhouse::exporters
