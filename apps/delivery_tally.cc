#include "apps/delivery_tally.h"

#include <fmt/core.h>

namespace streamhouse::apps {

std::string DeliveryTally::Counts::ToString() const {
  return fmt::format("sent={} acked={} failed={}", sent, acked, failed);
}

void DeliveryTally::Send(client::Producer& producer, std::string_view topic, std::string_view value) {
  {
    const std::lock_guard lock(mutex_);
    ++counts_.sent;
  }
  const auto on_delivery = [this](const metrics::Result<client::Delivery>& delivered) {
    if (!delivered.ok()) return CountFailure(delivered.status());
    const std::lock_guard lock(mutex_);
    ++counts_.acked;
  };
  const metrics::Status accepted = producer.SendWithCallback(topic, {.value = value}, on_delivery);
  if (!accepted.ok()) CountFailure(accepted);
}

DeliveryTally::Counts DeliveryTally::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void DeliveryTally::CountFailure(const metrics::Status& failure) {
  const std::lock_guard lock(mutex_);
  if (counts_.failed++ == 0) counts_.first_failure = failure;
}

}  // namespace streamhouse::apps
