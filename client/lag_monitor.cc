#include "client/lag_monitor.h"

#include <algorithm>
#include <utility>

namespace streamhouse::client {
namespace {

std::int64_t SystemMilliseconds() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

LagMonitor::Options WithClock(LagMonitor::Options options) {
  if (!options.now_ms) options.now_ms = SystemMilliseconds;
  return options;
}

}  // namespace

double LagSeconds(std::int64_t next_unread_ms, std::int64_t now_ms) {
  constexpr double kMillisecondsPerSecond = 1e3;
  return static_cast<double>(std::max<std::int64_t>(now_ms - next_unread_ms, 0)) / kMillisecondsPerSecond;
}

LagMonitor::LagMonitor(std::shared_ptr<Broker> broker, std::vector<Target> targets, Options options)
    : broker_(std::move(broker)),
      targets_(std::move(targets)),
      options_(WithClock(std::move(options))),
      thread_([this] { Run(); }) {}

LagMonitor::~LagMonitor() {
  Stop();
}

void LagMonitor::Stop() {
  stop_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void LagMonitor::Run() {
  const std::stop_token stop = stop_.get_token();
  while (!stop.stop_requested()) {
    for (const Target& target : targets_) {
      if (!stop.stop_requested()) Refresh(target);
    }
    std::unique_lock lock(mutex_);
    stopped_.wait_until(lock, stop, DeadlineAfter(options_.interval), [] { return false; });
  }
}

void LagMonitor::Refresh(const Target& target) {
  const Offset position = target.position();
  const Result<Watermarks> watermarks = broker_->ReadWatermarks(
      target.partition, position, CallLimits::Within(options_.request_timeout, stop_.get_token()));
  if (!watermarks.ok()) return;
  const Offset records = LagRecords(watermarks.value().high, position);
  if (records == 0) {
    target.metrics.SetLag(0, 0);
  } else if (watermarks.value().timestamp_ms) {
    target.metrics.SetLag(records, LagSeconds(*watermarks.value().timestamp_ms, options_.now_ms()));
  }
}

}  // namespace streamhouse::client
