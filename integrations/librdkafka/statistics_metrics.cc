#include "integrations/librdkafka/statistics_metrics.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "metrics_core/clock.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::CallbackFamily;
using metrics::MetricOptions;
using metrics::MutexLock;
using metrics::Registry;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// The registries that have a StatisticsMetrics.
struct Claims {
  metrics::Mutex mutex = {};
  std::set<const Registry*> registries STREAMHOUSE_GUARDED_BY(mutex) = {};

  bool Add(const Registry* registry) {
    const MutexLock lock(mutex);
    return registries.insert(registry).second;
  }
  void Remove(const Registry* registry) {
    const MutexLock lock(mutex);
    registries.erase(registry);
  }
};

// Never destroyed: objects may outlive what is static.
Claims& AllClaims() {
  static Claims& claims = *new Claims;
  return claims;
}

MetricOptions Options(std::string name, std::string help, std::vector<std::string> labels) {
  return {.name = std::move(name), .help = std::move(help), .labels = std::move(labels)};
}

}  // namespace

StatisticsMetrics::Claim::Claim(const Registry& registry)
    : registry_(&registry), is_first_(AllClaims().Add(&registry)) {}

StatisticsMetrics::Claim::~Claim() {
  if (is_first_) AllClaims().Remove(registry_);
}

Result<std::unique_ptr<StatisticsMetrics>> StatisticsMetrics::Register(Registry& registry, SecondsClock now) {
  if (now == nullptr) {
    now = [] {
      const std::chrono::milliseconds since_epoch(metrics::Clock::UnixMilliseconds());
      return std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
    };
  }
  std::unique_ptr<StatisticsMetrics> made(new StatisticsMetrics(registry, std::move(now)));
  if (!made->claim_.is_first()) return Status(StatusCode::kAlreadyExists, "the registry has metrics of librdkafka");
  {
    const MutexLock lock(made->mutex_);
    if (Status added = made->counters_.Register(registry); !added.ok()) return added;
  }
  if (Status added = made->RegisterGauges(registry); !added.ok()) return added;
  if (Status added = made->RegisterPartitionGauges(registry); !added.ok()) return added;
  return made;
}

template <std::size_t kLabels>
Status StatisticsMetrics::AddGauge(Registry& registry, MetricOptions options, Of of, Shown shown,
                                   std::function<void(const Clients&, Sums<kLabels>&)> collect) {
  const Result<CallbackFamily> family = registry.AddCallbackGauge(std::move(options));
  if (!family.ok()) return family.status();
  tokens_.push_back(family->AddMany([this, of, shown, collect](CallbackFamily::Samples& samples) {
    Sums<kLabels> sums;
    {
      const std::chrono::seconds now = now_();
      const MutexLock lock(mutex_);
      Clients clients;
      for (const auto& [name, client] : clients_) {
        const bool is_meant = of == Of::kAll || client.newest().is_of_producer() == (of == Of::kProducers);
        const bool is_shown = shown == Shown::kAlways || client.IsYoung(now);
        if (!client.newest().name.empty() && is_meant && is_shown) clients.push_back(&client);
      }
      std::sort(clients.begin(), clients.end(),
                [](const ClientState* a, const ClientState* b) { return a->newest().ts < b->newest().ts; });
      collect(clients, sums);
    }
    for (const auto& [labels, value] : sums) {
      std::apply([&, &sum = value](const auto&... values) { samples.Add(sum, values...); }, labels);
    }
  }));
  return Status::Ok();
}

Status StatisticsMetrics::RegisterGauges(Registry& registry) {
  const auto of_client = [&](const char* name, const char* help, Of of, std::int64_t Statistics::*member) {
    return AddGauge<1>(registry, Options(name, help, {"client"}), of, Shown::kWhileYoung,
                       [member](const Clients& clients, Sums<1>& sums) {
                         for (const ClientState* const client : clients) {
                           sums[{client->newest().client_id}] += static_cast<double>(client->newest().*member);
                         }
                       });
  };
  Status added = of_client("rdkafka_producer_queued_records",
                           "Records not delivered yet, or whose report the program has not taken", Of::kProducers,
                           &Statistics::msg_cnt);
  if (!added.ok()) return added;
  added =
      of_client("rdkafka_producer_queued_bytes", "Bytes of the queued records", Of::kProducers, &Statistics::msg_size);
  if (!added.ok()) return added;
  added = of_client("rdkafka_waiting_events", "Callbacks and events that wait for a poll of the program", Of::kAll,
                    &Statistics::replyq);
  if (!added.ok()) return added;
  added = AddGauge<1>(registry,
                      Options("rdkafka_statistics_timestamp_seconds",
                              "Unix time of the newest statistics; the oldest of clients of one name", {"client"}),
                      Of::kAll, Shown::kAlways, [](const Clients& clients, Sums<1>& sums) {
                        for (const ClientState* const client : clients) {
                          const auto time = static_cast<double>(client->newest().time);
                          const auto [place, is_first] = sums.try_emplace({client->newest().client_id}, time);
                          place->second = std::min(place->second, time);
                        }
                      });
  if (!added.ok()) return added;
  added = AddGauge<2>(registry,
                      Options("rdkafka_broker_connections", "Open connections to the broker", {"client", "broker"}),
                      Of::kAll, Shown::kWhileYoung, [](const Clients& clients, Sums<2>& sums) {
                        for (const ClientState* const client : clients) {
                          for (const auto& [broker, open] : client->connections()) {
                            sums[{client->newest().client_id, broker}] += open;
                          }
                        }
                      });
  if (!added.ok()) return added;
  return AddGauge<1>(
      registry,
      Options("rdkafka_consumer_steady_members", "Members of the group in this process that rest in it", {"group"}),
      Of::kConsumers, Shown::kWhileYoung, [](const Clients& clients, Sums<1>& sums) {
        for (const ClientState* const client : clients) {
          sums[{client->settings().group}] += client->newest().cgrp.join_state == "steady" ? 1 : 0;
        }
      });
}

Status StatisticsMetrics::RegisterPartitionGauges(Registry& registry) {
  // Calls `take` with each partition and its labels. One that has just moved comes twice, first as
  // the older document of its last reader has it.
  const auto for_each = [](const Clients& clients, const auto& take) {
    for (const ClientState* const client : clients) {
      for (const PartitionGauges& gauges : client->partitions()) {
        take(std::array<std::string, 3>{gauges.topic, gauges.partition, client->settings().group}, gauges);
      }
    }
  };
  using Value = std::optional<std::int64_t> (*)(const PartitionGauges&);
  const auto by_partition = [&](const char* name, const char* help, Value value) {
    return AddGauge<3>(registry, Options(name, help, {"topic", "partition", "group"}), Of::kConsumers,
                       Shown::kWhileYoung, [for_each, value](const Clients& clients, Sums<3>& sums) {
                         for_each(clients, [&](const auto& labels, const PartitionGauges& gauges) {
                           if (const std::optional<std::int64_t> number = value(gauges)) {
                             sums[labels] = static_cast<double>(*number);
                           } else {
                             sums.erase(labels);
                           }
                         });
                       });
  };
  const auto by_group = [&](const char* name, const char* help, bool (*counts)(const PartitionGauges&)) {
    return AddGauge<1>(registry, Options(name, help, {"group"}), Of::kConsumers, Shown::kWhileYoung,
                       [for_each, counts](const Clients& clients, Sums<1>& sums) {
                         Sums<3> counted;
                         for_each(clients, [&](const auto& labels, const PartitionGauges& gauges) {
                           counted[labels] = counts(gauges) ? 1 : 0;
                         });
                         for (const ClientState* const client : clients) sums[{client->settings().group}] = 0;
                         for (const auto& [labels, count] : counted) sums[{labels[2]}] += count;
                       });
  };
  Status added = by_group("rdkafka_consumer_assigned_partitions", "Partitions assigned to this process",
                          [](const PartitionGauges&) { return true; });
  if (!added.ok()) return added;
  added = by_group("rdkafka_consumer_partitions_without_lag", "Assigned partitions whose lag is not known",
                   [](const PartitionGauges& gauges) { return !gauges.lag.exact.has_value(); });
  if (!added.ok()) return added;
  added = by_partition("streamhouse_consumer_lag_records", "Readable records not yet read at the last refresh",
                       [](const PartitionGauges& gauges) { return gauges.lag.exact; });
  if (!added.ok()) return added;
  added = by_partition("rdkafka_consumer_lag_at_least_records", "Lag by the last fetch, which may be old",
                       [](const PartitionGauges& gauges) { return gauges.lag.at_least; });
  if (!added.ok()) return added;
  added = by_partition("streamhouse_consumer_last_committed_offset", "Offset of the next record as last committed",
                       [](const PartitionGauges& gauges) { return gauges.committed; });
  if (!added.ok()) return added;
  return by_partition("streamhouse_consumer_current_offset", "Offset of the next record that a poll returns",
                      [](const PartitionGauges& gauges) { return gauges.position; });
}

void StatisticsMetrics::Take(const Statistics& statistics, const SettingsOfClient& settings) {
  const MutexLock lock(mutex_);
  ClientState* const client = StateOf(statistics.name, settings);
  if (client != nullptr) client->Take(statistics, counters_);
}

void StatisticsMetrics::Change(std::string_view name, const SettingsOfClient& settings,
                               const std::function<void(ClientState&)>& change) {
  const MutexLock lock(mutex_);
  ClientState* const client = StateOf(name, settings);
  if (client != nullptr) change(*client);
}

void StatisticsMetrics::NoteLostDocument(std::string_view name) {
  const MutexLock lock(mutex_);
  if (const auto client = clients_.find(name); client != clients_.end()) {
    client->second.NoteLostDocument();
  } else if (!IsForgotten(name)) {
    has_lost_document_ = true;
  }
}

void StatisticsMetrics::NoteLostPause(std::string_view name) {
  const MutexLock lock(mutex_);
  if (const auto client = clients_.find(name); client != clients_.end()) {
    client->second.NoteLostPause();
  } else if (!IsForgotten(name)) {
    has_lost_pause_ = true;
  }
}

void StatisticsMetrics::Forget(std::string_view name) {
  const MutexLock lock(mutex_);
  forgotten_.emplace_back(name);
  if (forgotten_.size() > kForgottenMax) forgotten_.pop_front();
  if (const auto client = clients_.find(name); client != clients_.end()) clients_.erase(client);
}

bool StatisticsMetrics::IsForgotten(std::string_view name) const {
  return std::find(forgotten_.begin(), forgotten_.end(), name) != forgotten_.end();
}

ClientState* StatisticsMetrics::StateOf(std::string_view name, const SettingsOfClient& settings) {
  if (const auto client = clients_.find(name); client != clients_.end()) return &client->second;
  if (IsForgotten(name)) return nullptr;
  ClientState& made = clients_.emplace(name, settings()).first->second;
  if (has_lost_document_) made.NoteLostDocument();
  if (has_lost_pause_) made.NoteLostPause();
  return &made;
}

}  // namespace streamhouse::librdkafka
