#include <algorithm>
#include <utility>

#include "client/consumer.h"

namespace streamhouse::client {
namespace {

using metrics::InvalidField;

Status CheckOptions(const ConsumerOptions& options) {
  if (options.topics.empty()) return InvalidField("topics", "is empty: a consumer needs a topic");
  if (options.auto_commit_interval.count() <= 0) return InvalidField("auto_commit_interval", "is not positive");
  if (options.lag_refresh_interval.count() <= 0) return InvalidField("lag_refresh_interval", "is not positive");
  if (options.group_options.heartbeat_interval.count() <= 0)
    return InvalidField("group_options.heartbeat_interval", "is not positive");
  if (options.group_options.session_timeout <= options.group_options.heartbeat_interval) {
    return InvalidField("group_options.session_timeout", "is not longer than heartbeat_interval");
  }
  if (options.group_options.max_poll_interval.count() <= 0)
    return InvalidField("group_options.max_poll_interval", "is not positive");
  if (options.fetch.max_wait.count() <= 0) return InvalidField("fetch.max_wait", "is not positive");
  if (options.fetch.request_timeout.count() <= 0) return InvalidField("fetch.request_timeout", "is not positive");
  return Status::Ok();
}

}  // namespace

using Builder = Consumer::Builder;

Builder& Builder::broker(std::shared_ptr<Broker> broker) {
  broker_ = std::move(broker);
  return *this;
}

Builder& Builder::metrics(const ConsumerMetrics& metrics) {
  metrics_ = metrics;
  return *this;
}

Builder& Builder::options(ConsumerOptions options) {
  options_ = std::move(options);
  return *this;
}

Result<std::unique_ptr<Consumer>> Builder::Build() const {
  if (broker_ == nullptr) return InvalidField("broker", "is missing: a consumer needs one");
  if (Status checked = CheckOptions(options_); !checked.ok()) return checked;
  ConsumerOptions options = options_;
  std::vector<std::string>& topics = options.topics;
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  std::unique_ptr<Consumer> consumer(new Consumer(broker_, metrics_, std::move(options)));
  if (Status started = consumer->Start(); !started.ok()) return started;
  return consumer;
}

}  // namespace streamhouse::client
