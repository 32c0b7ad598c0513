#include <algorithm>
#include <utility>

#include "client/consumer.h"

namespace streamhouse::client {
namespace {

Status Invalid(const char* what) {
  return {StatusCode::kInvalidArgument, what};
}

Status CheckOptions(const ConsumerOptions& options) {
  if (options.broker == nullptr) return Invalid("a consumer needs a broker");
  if (options.topics.empty()) return Invalid("a consumer needs a topic");
  if (options.auto_commit_interval.count() <= 0) return Invalid("auto_commit_interval is not positive");
  if (options.lag_refresh_interval.count() <= 0) return Invalid("lag_refresh_interval is not positive");
  if (options.group_options.heartbeat_interval.count() <= 0) return Invalid("heartbeat_interval is not positive");
  if (options.group_options.session_timeout <= options.group_options.heartbeat_interval) {
    return Invalid("session_timeout is not longer than heartbeat_interval");
  }
  if (options.group_options.max_poll_interval.count() <= 0) return Invalid("max_poll_interval is not positive");
  if (options.fetch.max_wait.count() <= 0) return Invalid("fetch_max_wait is not positive");
  if (options.fetch.request_timeout.count() <= 0) return Invalid("request_timeout is not positive");
  return Status::Ok();
}

}  // namespace

using Builder = Consumer::Builder;

Builder& Builder::broker(std::shared_ptr<Broker> broker) {
  options_.broker = std::move(broker);
  return *this;
}

Builder& Builder::metrics(const ConsumerMetrics& metrics) {
  options_.metrics = metrics;
  return *this;
}

Builder& Builder::group(std::string group) {
  options_.group = std::move(group);
  return *this;
}

Builder& Builder::topics(std::vector<std::string> topics) {
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  options_.topics = std::move(topics);
  return *this;
}

Builder& Builder::offset_reset(OffsetReset policy) {
  options_.fetch.offset_reset = policy;
  return *this;
}

Builder& Builder::skip_damaged(DamageReport report) {
  options_.fetch.report_damage = std::move(report);
  return *this;
}

Builder& Builder::commit_mode(CommitMode mode) {
  options_.commit_mode = mode;
  return *this;
}

Builder& Builder::auto_commit_interval(std::chrono::nanoseconds interval) {
  options_.auto_commit_interval = interval;
  return *this;
}

Builder& Builder::lag_refresh_interval(std::chrono::nanoseconds interval) {
  options_.lag_refresh_interval = interval;
  return *this;
}

Builder& Builder::heartbeat_interval(std::chrono::nanoseconds interval) {
  options_.group_options.heartbeat_interval = interval;
  return *this;
}

Builder& Builder::session_timeout(std::chrono::nanoseconds timeout) {
  options_.group_options.session_timeout = timeout;
  return *this;
}

Builder& Builder::max_poll_interval(std::chrono::nanoseconds interval) {
  options_.group_options.max_poll_interval = interval;
  return *this;
}

Builder& Builder::fetch_max_records(std::uint32_t records) {
  options_.fetch.max_records = records;
  return *this;
}

Builder& Builder::fetch_max_wait(std::chrono::milliseconds wait) {
  options_.fetch.max_wait = wait;
  return *this;
}

Builder& Builder::request_timeout(std::chrono::nanoseconds timeout) {
  options_.fetch.request_timeout = timeout;
  return *this;
}

Result<std::unique_ptr<Consumer>> Builder::Build() const {
  if (Status checked = CheckOptions(options_); !checked.ok()) return checked;
  std::unique_ptr<Consumer> consumer(new Consumer(options_));
  if (Status started = consumer->Start(); !started.ok()) return started;
  return consumer;
}

}  // namespace streamhouse::client
