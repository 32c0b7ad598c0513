#include "client/producer_metrics.h"

#include <string>
#include <utility>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/latency_bounds.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::client {

using metrics::BucketBounds;
using metrics::FamilyRegistration;
using metrics::kNanosecondsPerSecond;
using metrics::LatencyBounds;
using metrics::MetricOptions;
using metrics::Registry;
using metrics::Result;

namespace {

constexpr double kWhole = 1;  // sizes are exported as they are counted

BucketBounds SizeBounds(double smallest) {
  constexpr int kCount = 15;
  return BucketBounds::Exponential(smallest, 2, kCount).value();
}

// Of the records that come with a trace.
MetricOptions LatencyByTopic(std::string name, std::string help) {
  return {.name = std::move(name),
          .help = std::move(help),
          .unit = "seconds",
          .labels = {"topic"},
          .exemplars = metrics::Exemplars::kSampled};
}

MetricOptions ByTopic(std::string name, std::string help, std::string unit = "") {
  return {.name = std::move(name), .help = std::move(help), .unit = std::move(unit), .labels = {"topic"}};
}

}  // namespace

Result<ProducerMetrics> ProducerMetrics::Register(Registry& registry) {
  ProducerMetrics made;
  FamilyRegistration families(registry);
  const BucketBounds latency = LatencyBounds();
  made.records_sent_ =
      families.AddCounter(ByTopic("streamhouse_producer_records_sent_total", "Records acknowledged by the broker"));
  made.bytes_sent_ = families.AddCounter(
      ByTopic("streamhouse_producer_bytes_sent_total", "Bytes of keys, values and headers acknowledged by the broker"));
  made.send_duration_ =
      families.AddTickHistogram(LatencyByTopic("streamhouse_producer_send_duration_seconds",
                                               "Time from Send() to the acknowledgement of the record"),
                                latency, kNanosecondsPerSecond);
  made.batch_flush_duration_ =
      families.AddTickHistogram(LatencyByTopic("streamhouse_producer_batch_flush_duration_seconds",
                                               "Time from the first attempt to send a batch to its acknowledgement"),
                                latency, kNanosecondsPerSecond);
  made.batch_size_records_ = families.AddTickHistogram(
      ByTopic("streamhouse_producer_batch_size_records", "Records in an acknowledged batch"), SizeBounds(1), kWhole);
  made.batch_size_bytes_ =
      families.AddTickHistogram(ByTopic("streamhouse_producer_batch_size_bytes",
                                        "Bytes of keys, values and headers in an acknowledged batch", "bytes"),
                                SizeBounds(100), kWhole);
  made.send_errors_ = families.AddCounter({.name = "streamhouse_producer_send_errors_total",
                                           .help = "Records refused or failed for good",
                                           .labels = {"topic", "reason"}});
  made.pending_records_ = families.AddUpDownCounter(
      ByTopic("streamhouse_producer_pending_records", "Records accepted, neither acknowledged nor failed yet"));
  if (!families.status().ok()) return families.status();
  return made;
}

ProducerTopicMetrics ProducerMetrics::ForTopic(std::string_view topic) const {
  ProducerTopicMetrics resolved = {
      .records_sent = records_sent_.With(topic),
      .bytes_sent = bytes_sent_.With(topic),
      .send_duration = send_duration_.With(topic),
      .batch_flush_duration = batch_flush_duration_.With(topic),
      .batch_size_records = batch_size_records_.With(topic),
      .batch_size_bytes = batch_size_bytes_.With(topic),
      .pending_records = pending_records_.With(topic),
      .send_errors = {},
  };
  for (const SendError error : kAllSendErrors) {
    resolved.send_errors[static_cast<std::size_t>(error)] = send_errors_.With(topic, SendErrorName(error));
  }
  return resolved;
}

void ProducerMetrics::CountRefusal(std::string_view topic, SendError error) const {
  send_errors_.With(topic, SendErrorName(error)).Increment();
}

}  // namespace streamhouse::client
