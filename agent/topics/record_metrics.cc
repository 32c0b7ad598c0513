#include "agent/topics/record_metrics.h"

#include <utility>
#include <vector>

#include "metrics_core/family_registration.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::agent {
namespace {

constexpr std::array<std::string_view, kRefusalReasonCount> kReasonNames = {
    "unknown_topic", "unknown_partition", "too_large",   "invalid", "not_holder", "fenced", "out_of_sequence",
    "full",          "damaged",           "unavailable", "failed",
};
static_assert(!kReasonNames.back().empty(), "each reason has a name");
constexpr std::string_view kByRetention = "retention";

metrics::MetricOptions Options(std::string name, std::string help, std::vector<std::string> labels = {"topic"}) {
  return {.name = "streamhouse_agent_" + std::move(name), .help = std::move(help), .labels = std::move(labels)};
}

// For counters that rarely move.
metrics::MetricOptions Shared(metrics::MetricOptions options) {
  options.storage = metrics::SeriesStorage::kShared;
  return options;
}

}  // namespace

std::string_view RefusalReasonName(RefusalReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

void TopicRecordMetrics::Refuse(RefusalReason reason, std::uint64_t records) {
  received.Increment(records);
  const metrics::MutexLock lock(mutex_);
  if (is_closed_) return;
  auto& counter = refused_by_reason_[static_cast<std::size_t>(reason)];
  if (!counter) counter = refused_.With(topic_, RefusalReasonName(reason));
  counter->Increment(records);
}

void TopicRecordMetrics::NoteDamaged(std::uint64_t records) {
  const metrics::MutexLock lock(mutex_);
  if (!is_closed_) damaged_.With(topic_).Increment(records);
}

metrics::Result<RecordMetrics> RecordMetrics::Register(metrics::Registry& registry) {
  RecordMetrics record_metrics;
  metrics::FamilyRegistration families(registry);
  record_metrics.received_ = families.AddCounter(Options("records_received_total", "Records of Produce requests"));
  record_metrics.written_ = families.AddCounter(Options("records_written_total", "Total records written"));
  record_metrics.duplicate_ =
      families.AddCounter(Shared(Options("records_duplicate_total", "Retried records that were in the log already")));
  record_metrics.refused_ = families.AddCounter(
      Shared(Options("records_refused_total", "Records that were received and not written", {"topic", "reason"})));
  record_metrics.removed_ = families.AddCounter(
      Shared(Options("records_removed_total", "Records removed from the log", {"topic", "reason"})));
  record_metrics.damaged_ =
      families.AddCounter(Options("records_damaged_total", "Total records found that cannot be read"));
  record_metrics.found_ = families.AddGauge(Options("records_found", "Records in the log when it was opened"));
  if (!families.status().ok()) return families.status();
  record_metrics.unknown_ = std::make_shared<TopicRecordMetrics>();
  record_metrics.unknown_->topic_ = kUnknownTopic;
  record_metrics.unknown_->received = record_metrics.received_.With(kUnknownTopic);
  record_metrics.unknown_->refused_ = record_metrics.refused_;
  return record_metrics;
}

std::shared_ptr<TopicRecordMetrics> RecordMetrics::Open(const std::string& topic) const {
  RemoveSeries(topic);
  auto record_metrics = std::make_shared<TopicRecordMetrics>();
  record_metrics->topic_ = topic;
  record_metrics->received = received_.With(topic);
  record_metrics->written = written_.With(topic);
  record_metrics->duplicate = duplicate_.With(topic);
  record_metrics->removed_by_retention = removed_.With(topic, kByRetention);
  record_metrics->found = found_.With(topic);
  record_metrics->refused_ = refused_;
  record_metrics->damaged_ = damaged_;
  return record_metrics;
}

void RecordMetrics::Close(TopicRecordMetrics& record_metrics) const {
  // A refusal or a reader at work must not bring a series back.
  const metrics::MutexLock lock(record_metrics.mutex_);
  record_metrics.is_closed_ = true;
  RemoveSeries(record_metrics.topic_);
}

void RecordMetrics::RemoveSeries(const std::string& topic) const {
  // False where the topic never had the series.
  static_cast<void>(received_.Remove(topic));
  static_cast<void>(written_.Remove(topic));
  static_cast<void>(duplicate_.Remove(topic));
  static_cast<void>(removed_.Remove(topic, kByRetention));
  static_cast<void>(damaged_.Remove(topic));
  static_cast<void>(found_.Remove(topic));
  for (const std::string_view reason : kReasonNames) static_cast<void>(refused_.Remove(topic, reason));
}

}  // namespace streamhouse::agent
