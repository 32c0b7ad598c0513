#include <cstddef>
#include <utility>

#include "client/producer.h"
#include "proto/record_layout.h"

namespace streamhouse::client {
namespace {

Status Invalid(const char* what) {
  return {StatusCode::kInvalidArgument, what};
}

// More would only be a mistake.
constexpr std::size_t kSenderThreadsMax = 1024;

Status CheckOptions(const ProducerOptions& options) {
  if (options.broker == nullptr) return Invalid("a producer needs a broker");
  if (options.batch_records == 0) return Invalid("batch_records is 0");
  if (options.batch_bytes <= RecordAccumulator::kRecordOverheadBytes) return Invalid("batch_bytes holds no record");
  if (options.batch_bytes > v1::kFieldBytesMax) return Invalid("batch_bytes is over 1 GiB");
  if (options.buffer_bytes < options.batch_bytes) return Invalid("buffer_bytes is less than batch_bytes");
  if (options.linger.count() < 0) return Invalid("linger is negative");
  if (options.request_timeout.count() <= 0) return Invalid("request_timeout is not positive");
  if (options.sender_threads == 0) return Invalid("sender_threads is 0");
  if (options.sender_threads > kSenderThreadsMax) return Invalid("sender_threads is over 1024");
  const RetryPolicy& retries = options.retry_policy;
  if (retries.max_retries < 0 || retries.initial_backoff.count() < 0 || retries.max_backoff.count() < 0) {
    return Invalid("the retry policy has a negative number");
  }
  return Status::Ok();
}

}  // namespace

using Builder = Producer::Builder;

Builder& Builder::broker(std::shared_ptr<Broker> broker) {
  options_.broker = std::move(broker);
  return *this;
}

Builder& Builder::metrics(const ProducerMetrics& metrics) {
  options_.metrics = metrics;
  return *this;
}

Builder& Builder::retry_policy(const RetryPolicy& policy) {
  options_.retry_policy = policy;
  return *this;
}

Builder& Builder::batch_records(std::size_t records) {
  options_.batch_records = records;
  return *this;
}

Builder& Builder::batch_bytes(std::size_t bytes) {
  options_.batch_bytes = bytes;
  return *this;
}

Builder& Builder::buffer_bytes(std::size_t bytes) {
  options_.buffer_bytes = bytes;
  return *this;
}

Builder& Builder::linger(std::chrono::nanoseconds linger) {
  options_.linger = linger;
  return *this;
}

Builder& Builder::max_block(std::chrono::nanoseconds timeout) {
  options_.max_block = timeout;
  return *this;
}

Builder& Builder::request_timeout(std::chrono::nanoseconds timeout) {
  options_.request_timeout = timeout;
  return *this;
}

Builder& Builder::compression(Compression compression) {
  options_.compression = compression;
  return *this;
}

Builder& Builder::sender_threads(std::size_t threads) {
  options_.sender_threads = threads;
  return *this;
}

Result<std::unique_ptr<Producer>> Builder::Build() const {
  if (Status checked = CheckOptions(options_); !checked.ok()) return checked;
  std::unique_ptr<Producer> producer(new Producer(options_));
  if (Status started = producer->Start(); !started.ok()) return started;
  return producer;
}

}  // namespace streamhouse::client
