#include "agent/record_books.h"

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

void TopicBooks::Refuse(RefusalReason reason, std::uint64_t records) {
  received.Increment(records);
  const metrics::MutexLock lock(mutex_);
  if (is_closed_) return;
  auto& counter = refused_by_reason_[static_cast<std::size_t>(reason)];
  if (!counter) counter = refused_.With(topic_, RefusalReasonName(reason));
  counter->Increment(records);
}

void TopicBooks::NoteDamaged(std::uint64_t records) {
  const metrics::MutexLock lock(mutex_);
  if (!is_closed_) damaged_.With(topic_).Increment(records);
}

metrics::Result<RecordBooks> RecordBooks::Register(metrics::Registry& registry) {
  RecordBooks books;
  metrics::FamilyRegistration families(registry);
  books.received_ = families.AddCounter(Options("records_received_total", "Records of Produce requests"));
  books.written_ = families.AddCounter(Options("records_written_total", "Total records written"));
  books.duplicate_ = families.AddCounter(
      Shared(Options("records_duplicate_total", "Records that were sent again and were in the log")));
  books.refused_ = families.AddCounter(
      Shared(Options("records_refused_total", "Records that were received and not written", {"topic", "reason"})));
  books.removed_ = families.AddCounter(
      Shared(Options("records_removed_total", "Records removed from the log", {"topic", "reason"})));
  books.damaged_ = families.AddCounter(Options("records_damaged_total", "Total records found that cannot be read"));
  books.found_ = families.AddGauge(Options("records_found", "Records in the log when it was opened"));
  if (!families.status().ok()) return families.status();
  books.unknown_ = std::make_shared<TopicBooks>();
  books.unknown_->topic_ = kUnknownTopic;
  books.unknown_->received = books.received_.With(kUnknownTopic);
  books.unknown_->refused_ = books.refused_;
  return books;
}

std::shared_ptr<TopicBooks> RecordBooks::Open(const std::string& topic) const {
  RemoveSeries(topic);
  auto books = std::make_shared<TopicBooks>();
  books->topic_ = topic;
  books->received = received_.With(topic);
  books->written = written_.With(topic);
  books->duplicate = duplicate_.With(topic);
  books->removed_by_retention = removed_.With(topic, kByRetention);
  books->found = found_.With(topic);
  books->refused_ = refused_;
  books->damaged_ = damaged_;
  return books;
}

void RecordBooks::Close(TopicBooks& books) const {
  // A refusal or a reader at work must not bring a series back.
  const metrics::MutexLock lock(books.mutex_);
  books.is_closed_ = true;
  RemoveSeries(books.topic_);
}

void RecordBooks::RemoveSeries(const std::string& topic) const {
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
