#include <cstddef>
#include <utility>

#include "client/producer.h"
#include "proto/record_layout.h"

namespace streamhouse::client {
namespace {

using metrics::InvalidField;

// More would only be a mistake.
constexpr std::size_t kSenderThreadsMax = 1024;

Status CheckOptions(const ProducerOptions& options) {
  if (options.batch_records == 0) return InvalidField("batch_records", "is 0");
  if (options.batch_bytes <= RecordAccumulator::kRecordOverheadBytes)
    return InvalidField("batch_bytes", "holds no record");
  if (options.batch_bytes > v1::kFieldBytesMax) return InvalidField("batch_bytes", "is over 1 GiB");
  if (options.buffer_bytes < options.batch_bytes) return InvalidField("buffer_bytes", "is less than batch_bytes");
  if (options.linger.count() < 0) return InvalidField("linger", "is negative");
  if (options.request_timeout.count() <= 0) return InvalidField("request_timeout", "is not positive");
  if (options.sender_threads == 0) return InvalidField("sender_threads", "is 0");
  if (options.sender_threads > kSenderThreadsMax) return InvalidField("sender_threads", "is over 1024");
  const RetryPolicy& retries = options.retry_policy;
  if (retries.max_retries < 0 || retries.initial_backoff.count() < 0 || retries.max_backoff.count() < 0) {
    return InvalidField("retry_policy", "has a negative number");
  }
  return Status::Ok();
}

}  // namespace

using Builder = Producer::Builder;

Builder& Builder::broker(std::shared_ptr<Broker> broker) {
  broker_ = std::move(broker);
  return *this;
}

Builder& Builder::metrics(const ProducerMetrics& metrics) {
  metrics_ = metrics;
  return *this;
}

Builder& Builder::options(const ProducerOptions& options) {
  options_ = options;
  return *this;
}

Result<std::unique_ptr<Producer>> Builder::Build() const {
  if (broker_ == nullptr) return InvalidField("broker", "is missing: a producer needs one");
  if (Status checked = CheckOptions(options_); !checked.ok()) return checked;
  std::unique_ptr<Producer> producer(new Producer(broker_, metrics_, options_));
  if (Status started = producer->Start(); !started.ok()) return started;
  return producer;
}

}  // namespace streamhouse::client
