#include "client/lag_monitor.h"

#include <algorithm>
#include <utility>

#include "metrics_core/clock.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::client {
namespace {

LagMonitor::Options WithClock(LagMonitor::Options options) {
  if (!options.now_ms) options.now_ms = metrics::Clock::UnixMilliseconds;
  return options;
}

}  // namespace

Status ReadsAnotherTopic(const TopicPartition& partition) {
  return {StatusCode::kUnavailable, partition.ToString() + " was deleted and created again, and is not read yet"};
}

double LagSeconds(std::int64_t next_unread_ms, std::int64_t now_ms) {
  constexpr double kMillisecondsPerSecond = 1e3;
  return static_cast<double>(std::max<std::int64_t>(now_ms - next_unread_ms, 0)) / kMillisecondsPerSecond;
}

LagMonitor::LagMonitor(std::shared_ptr<Broker> broker, Options options)
    : broker_(std::move(broker)), options_(WithClock(std::move(options))) {}

LagMonitor::~LagMonitor() {
  Stop();
}

Status LagMonitor::Start() {
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) return started.status();
  thread_ = *std::move(started);
  return Status::Ok();
}

void LagMonitor::Stop() {
  stop_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void LagMonitor::Add(MonitoredPartition monitored) {
  const metrics::MutexLock lock(mutex_);
  const TopicPartition partition = monitored.partition;
  monitored_.insert_or_assign(partition, std::move(monitored));
  refresh_soon_ = true;
  changed_.NotifyAll();
}

void LagMonitor::Remove(const TopicPartition& partition) {
  const metrics::MutexLock lock(mutex_);
  monitored_.erase(partition);
}

std::vector<LagMonitor::MonitoredPartition> LagMonitor::Monitored() {
  const metrics::MutexLock lock(mutex_);
  refresh_soon_ = false;
  std::vector<MonitoredPartition> copies;
  for (const auto& [partition, monitored] : monitored_) copies.push_back(monitored);
  return copies;
}

void LagMonitor::Run() {
  const std::stop_token stop = stop_.get_token();
  while (!stop.stop_requested()) {
    std::chrono::nanoseconds pause = options_.interval;
    for (const MonitoredPartition& monitored : Monitored()) {
      if (stop.stop_requested()) return;
      if (!Refresh(monitored).ok()) pause = std::min<std::chrono::nanoseconds>(pause, kLagRetryInterval);
    }
    const metrics::MutexLock lock(mutex_);
    changed_.WaitUntil(mutex_, stop, DeadlineAfter(pause),
                       [this]() STREAMHOUSE_REQUIRES(mutex_) { return refresh_soon_; });
  }
}

Status LagMonitor::Refresh(const MonitoredPartition& monitored) {
  const LogPosition position = monitored.position();
  Result<Watermarks> log = broker_->ReadWatermarks(
      {.partition = monitored.partition, .timestamp_of = position.offset, .open_id = position.life.open_id},
      CallLimits::Within(options_.request_timeout, stop_.get_token()));
  if (log.ok() && position.life.IsOfAnotherTopic(log->life)) log = ReadsAnotherTopic(monitored.partition);
  Publish(monitored, position, log);
  return log.status();
}

void LagMonitor::Publish(const MonitoredPartition& monitored, const LogPosition& position,
                         const Result<Watermarks>& log) {
  const metrics::MutexLock lock(mutex_);
  // It may have been removed meanwhile, and its gauges with it.
  if (stop_.stop_requested() || !monitored_.contains(monitored.partition)) return;
  if (!log.ok()) return monitored.metrics.RemoveLag();
  const Offset records = LagRecords(log.value(), position);
  const auto& unread_ms = log.value().timestamp_ms;
  monitored.metrics.SetLag(records, records > 0 && unread_ms ? LagSeconds(*unread_ms, options_.now_ms()) : 0);
}

}  // namespace streamhouse::client
