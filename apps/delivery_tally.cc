#include "apps/delivery_tally.h"

#include <fmt/core.h>

#include "client/delivery.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;

std::string DeliveryTally::Counts::ToString() const {
  return fmt::format("sent={} acked={} failed={}", sent, acked, failed);
}

void DeliveryTally::Send(client::Producer& producer, std::string_view topic, std::string_view value) {
  {
    const metrics::MutexLock lock(mutex_);
    ++counts_.sent;
  }
  const auto on_delivery = [this](const Result<client::Delivery>& delivered) {
    if (!delivered.ok()) return CountFailure(delivered.status());
    const metrics::MutexLock lock(mutex_);
    ++counts_.acked;
  };
  const Status accepted = producer.SendWithCallback(topic, {.value = value}, on_delivery);
  if (!accepted.ok()) CountFailure(accepted);
}

DeliveryTally::Counts DeliveryTally::counts() const {
  const metrics::MutexLock lock(mutex_);
  return counts_;
}

void DeliveryTally::CountFailure(const Status& failure) {
  const metrics::MutexLock lock(mutex_);
  if (counts_.failed++ == 0) counts_.first_failure = failure;
}

}  // namespace streamhouse::apps
