#include "apps/topic_end.h"

#include <algorithm>

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::chrono::seconds kQuestionTimeout{10};
// An agent that is unreachable must not hold up a signal for long.
constexpr std::chrono::seconds kRefreshTimeout{1};

Status Deleted(const std::string& topic) {
  return {StatusCode::kNotFound, "topic " + topic + " was deleted before its end was reached"};
}

}  // namespace

Result<TopicEnd> TopicEnd::Read(client::Broker& broker, const std::string& topic, std::uint32_t partitions) {
  TopicEnd topic_end(broker, topic);
  for (std::uint32_t i = 0; i < partitions; ++i) {
    const auto log = broker.ReadWatermarks({topic, i}, {}, client::CallLimits::Within(kQuestionTimeout));
    if (!log.ok()) return log.status();
    topic_end.ends_.push_back(
        {.end = {.offset = log->high_watermark, .life = log->life}, .log_start_offset = log->log_start_offset});
  }
  return topic_end;
}

Status TopicEnd::Refresh() {
  for (std::uint32_t i = 0; i < ends_.size(); ++i) {
    client::LogPosition& end = ends_[i].end;
    const auto log = broker_.ReadWatermarks({.partition = {topic_, i}, .open_id = end.life.open_id},
                                            client::CallLimits::Within(kRefreshTimeout));
    if (log.status().code() == StatusCode::kNotFound) return Deleted(topic_);
    // The agent does not answer at all: the next partitions would wait as long.
    if (log.status().code() == StatusCode::kDeadlineExceeded) return Status::Ok();
    if (!log.ok()) continue;
    if (end.life.IsOfAnotherTopic(log->life)) return Deleted(topic_);
    end = {.offset = std::min(end.In(log->life), log->high_watermark), .life = log->life};
    ends_[i].log_start_offset = log->log_start_offset;
  }
  return Status::Ok();
}

bool TopicEnd::IsReachedBy(const client::Consumer& consumer, const std::string& group) const {
  for (std::uint32_t i = 0; i < ends_.size(); ++i) {
    if (!IsReachedIn(i, consumer, group)) return false;
  }
  return true;
}

bool TopicEnd::IsReachedIn(std::uint32_t partition, const client::Consumer& consumer, const std::string& group) const {
  const auto& [end, log_start_offset] = ends_[partition];
  if (log_start_offset >= end.offset) return true;
  if (const auto position = consumer.Position(topic_, partition); position.ok()) return *position >= end.offset;
  const auto committed = broker_.Committed(group, {topic_, partition}, client::CallLimits::Within(kQuestionTimeout));
  return committed.ok() && committed->value_or(0) >= end.offset;
}

}  // namespace streamhouse::apps
