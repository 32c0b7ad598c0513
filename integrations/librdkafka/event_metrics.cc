#include "integrations/librdkafka/event_metrics.h"

#include <array>

#include "integrations/librdkafka/message_metrics.h"
#include "metrics_core/family_registration.h"

namespace streamhouse::librdkafka {
namespace {

constexpr std::array<std::string_view, 4> kEventNames = {"assigned", "revoked", "lost", "failed"};

}  // namespace

metrics::Result<EventMetrics> EventMetrics::Register(metrics::Registry& registry) {
  EventMetrics made;
  metrics::FamilyRegistration families(registry);
  made.errors_ = families.AddCounter({.name = "rdkafka_errors_total",
                                      .help = "Errors that librdkafka told the program of",
                                      .labels = {"client", "error", "fatal"}});
  made.rebalances_ = families.AddCounter({.name = "rdkafka_consumer_rebalances_total",
                                          .help = "Calls of the rebalance callback",
                                          .labels = {"group", "event"}});
  made.rebalanced_partitions_ = families.AddCounter({.name = "rdkafka_consumer_rebalanced_partitions_total",
                                                     .help = "Partitions in calls of the rebalance callback",
                                                     .labels = {"group", "event"}});
  if (!families.status().ok()) return families.status();
  return made;
}

void EventMetrics::OnError(std::string_view client, rd_kafka_resp_err_t error, Severity severity) const {
  errors_.Lookup(client, ErrorName(error), severity == Severity::kFatal ? "yes" : "no")->Increment();
}

void EventMetrics::OnRebalance(std::string_view group, Rebalance event, std::size_t partitions) const {
  const std::string_view name = kEventNames[static_cast<std::size_t>(event)];
  rebalances_.Lookup(group, name)->Increment();
  rebalanced_partitions_.Lookup(group, name)->Increment(partitions);
}

}  // namespace streamhouse::librdkafka
