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
  if (options.fetch.max_wait.count() <= 0) return Invalid("fetch_max_wait is not positive");
  if (options.fetch.request_timeout.count() <= 0) return Invalid("request_timeout is not positive");
  return Status::Ok();
}

CallLimits Limits(const ConsumerOptions& options) {
  return CallLimits::Within(options.fetch.request_timeout);
}

Result<std::optional<Offset>> FindCommitted(const ConsumerOptions& options, const TopicPartition& partition) {
  if (options.group.empty()) return std::optional<Offset>();
  return options.broker->Committed(options.group, partition, Limits(options));
}

Result<Offset> FindResetOffset(const ConsumerOptions& options, const TopicPartition& partition) {
  const Result<Watermarks> watermarks = options.broker->ReadWatermarks(partition, std::nullopt, Limits(options));
  if (!watermarks.ok()) return watermarks.status();
  return ResetOffset(options.fetch.offset_reset, watermarks.value());
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
  std::vector<Start> starts;
  for (const std::string& topic : options_.topics) {
    const Result<TopicDescription> described = options_.broker->DescribeTopic(topic, Limits(options_));
    if (!described.ok()) return described.status();
    for (std::uint32_t i = 0; i < described.value().partitions; ++i) {
      Start start = {.partition = {topic, i}, .offset = 0, .committed = {}};
      const Result<std::optional<Offset>> committed = FindCommitted(options_, start.partition);
      if (!committed.ok()) return committed.status();
      start.committed = committed.value();
      const Result<Offset> offset =
          start.committed ? Result<Offset>(*start.committed) : FindResetOffset(options_, start.partition);
      if (!offset.ok()) return offset.status();
      start.offset = offset.value();
      starts.push_back(std::move(start));
    }
  }
  return std::unique_ptr<Consumer>(new Consumer(options_, starts));
}

}  // namespace streamhouse::client
