#include "integrations/librdkafka/rdkafka_metrics.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "integrations/librdkafka/client_state.h"
#include "integrations/librdkafka/event_metrics.h"
#include "integrations/librdkafka/lag_rule.h"
#include "integrations/librdkafka/message_metrics.h"
#include "integrations/librdkafka/statistics.h"
#include "integrations/librdkafka/statistics_metrics.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::Registry;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// A setting of a client that runs; empty where it has none of that name.
std::string SettingOf(rd_kafka_t* client, const char* name) {
  std::size_t size = 0;
  const rd_kafka_conf_t* const conf = rd_kafka_conf(client);
  if (rd_kafka_conf_get(conf, name, nullptr, &size) != RD_KAFKA_CONF_OK || size == 0) return {};
  std::vector<char> value(size);
  if (rd_kafka_conf_get(conf, name, value.data(), &size) != RD_KAFKA_CONF_OK) return {};
  return value.data();
}

std::int64_t NumberOf(rd_kafka_t* client, const char* name, std::int64_t otherwise) {
  const std::string text = SettingOf(client, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

std::chrono::milliseconds TimeOf(rd_kafka_t* client, const char* name, std::chrono::milliseconds otherwise) {
  return std::chrono::milliseconds(NumberOf(client, name, otherwise.count()));
}

ClientSettings SettingsOf(rd_kafka_t* client) {
  ClientSettings settings;
  settings.group = SettingOf(client, "group.id");
  if (SettingOf(client, "isolation.level") == "read_uncommitted") settings.isolation = Isolation::kReadUncommitted;
  settings.fetch_wait = TimeOf(client, "fetch.wait.max.ms", settings.fetch_wait);
  settings.statistics_interval = TimeOf(client, "statistics.interval.ms", settings.statistics_interval);
  settings.queued_records = NumberOf(client, "queued.min.messages", settings.queued_records);
  settings.queued_kilobytes = NumberOf(client, "queued.max.messages.kbytes", settings.queued_kilobytes);
  settings.queue_backoff = TimeOf(client, "fetch.queue.backoff.ms", settings.queue_backoff);
  settings.error_backoff = TimeOf(client, "fetch.error.backoff.ms", settings.error_backoff);
  return settings;
}

MonotonicTime Now() {
  return std::chrono::duration_cast<MonotonicTime>(std::chrono::steady_clock::now().time_since_epoch());
}

Rebalance RebalanceOf(rd_kafka_t* client, rd_kafka_resp_err_t event) {
  if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) return Rebalance::kAssigned;
  if (event != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) return Rebalance::kFailed;
  return rd_kafka_assignment_lost(client) != 0 ? Rebalance::kLost : Rebalance::kRevoked;
}

}  // namespace

struct RdkafkaMetrics::Families {
  std::unique_ptr<StatisticsMetrics> statistics;
  MessageMetrics messages;
  EventMetrics events;
  metrics::Family<metrics::Counter> refused;
  metrics::Counter refused_without_memory;
  metrics::Counter lost;

  Status Take(rd_kafka_t* client, std::string_view json) const {
    const Result<Statistics> statistics = ParseStatistics(json);
    if (!statistics.ok()) {
      // First: where it throws, the document is counted as one without memory.
      Change(client, [](ClientState& state) { state.NoteLostDocument(); });
      refused.Lookup(metrics::StatusCodeName(statistics.status().code()))->Increment();
      return statistics.status();
    }
    this->statistics->Take(*statistics, [client] { return SettingsOf(client); });
    return Status::Ok();
  }

  void Change(rd_kafka_t* client, const std::function<void(ClientState&)>& change) const {
    statistics->Change(
        rd_kafka_name(client), [client] { return SettingsOf(client); }, change);
  }

  // Counts an event in `lost`, and returns false, where there is no memory for it.
  template <typename Work>
  bool Attempt(const Work& work) const noexcept {
    try {
      work();
    } catch (...) {
      lost.Increment();
      return false;
    }
    return true;
  }
};

Result<std::unique_ptr<RdkafkaMetrics>> RdkafkaMetrics::Register(Registry& registry) {
  auto messages = MessageMetrics::Register(registry);
  if (!messages.ok()) return messages.status();
  auto events = EventMetrics::Register(registry);
  if (!events.ok()) return events.status();
  auto statistics = StatisticsMetrics::Register(registry);
  if (!statistics.ok()) return statistics.status();
  auto refused = registry.AddCounter({.name = "rdkafka_statistics_refused_total",
                                      .help = "Statistics documents that could not be read",
                                      .labels = {"reason"}});
  if (!refused.ok()) return refused.status();
  auto lost = registry.AddCounter({.name = "rdkafka_events_lost_total",
                                   .help = "Events without memory to count them. Other families may miss them."});
  if (!lost.ok()) return lost.status();
  // Made now: later there may be no memory for the series.
  metrics::Counter refused_without_memory = refused->With(metrics::StatusCodeName(StatusCode::kResourceExhausted));
  return std::unique_ptr<RdkafkaMetrics>(new RdkafkaMetrics(
      std::make_unique<Families>(Families{*std::move(statistics), *std::move(messages), *std::move(events),
                                          *std::move(refused), std::move(refused_without_memory), lost->With()})));
}

RdkafkaMetrics::RdkafkaMetrics(std::unique_ptr<Families> families) : families_(std::move(families)) {}

RdkafkaMetrics::~RdkafkaMetrics() = default;

Status RdkafkaMetrics::OnStatistics(rd_kafka_t* client, std::string_view json) noexcept {
  try {
    return families_->Take(client, json);
  } catch (...) {
    families_->refused_without_memory.Increment();
    families_->statistics->NoteLostDocument(rd_kafka_name(client));
    return {StatusCode::kResourceExhausted, "no memory"};  // short enough for a std::string without memory
  }
}

void RdkafkaMetrics::OnDelivery(const rd_kafka_message_t& message) const noexcept {
  families_->Attempt([&] { families_->messages.OnDelivery(message); });
}

void RdkafkaMetrics::OnConsumed(const rd_kafka_message_t& message) const noexcept {
  families_->Attempt([&] { families_->messages.OnConsumed(message); });
}

void RdkafkaMetrics::OnError(rd_kafka_t* client, rd_kafka_resp_err_t error) const noexcept {
  Severity severity = Severity::kPassing;
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    severity = Severity::kFatal;
    std::array<char, 1> reason = {};
    error = rd_kafka_fatal_error(client, reason.data(), reason.size());
  }
  families_->Attempt([&] { families_->events.OnError(SettingOf(client, "client.id"), error, severity); });
}

void RdkafkaMetrics::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event, std::size_t partitions) noexcept {
  const bool is_done = families_->Attempt([&] {
    // First: it needs no memory where the client is known.
    families_->Change(client, [now = Now()](ClientState& state) { state.ForgetPositions(now); });
    families_->events.OnRebalance(SettingOf(client, "group.id"), RebalanceOf(client, event), partitions);
  });
  // The next document cannot prove that its ends are of the new assignment.
  if (!is_done) families_->statistics->NoteLostDocument(rd_kafka_name(client));
}

void RdkafkaMetrics::OnPause(rd_kafka_t* client, std::string_view topic, std::int32_t partition) noexcept {
  const bool is_done = families_->Attempt(
      [&] { families_->Change(client, [&](ClientState& state) { state.Pause(topic, partition); }); });
  if (!is_done) families_->statistics->NoteLostPause(rd_kafka_name(client));
}

void RdkafkaMetrics::OnResume(rd_kafka_t* client, std::string_view topic, std::int32_t partition) noexcept {
  families_->Attempt(
      [&] { families_->Change(client, [&](ClientState& state) { state.Resume(topic, partition, Now()); }); });
}

void RdkafkaMetrics::Forget(rd_kafka_t* client) noexcept {
  families_->Attempt([&] { families_->statistics->Forget(rd_kafka_name(client)); });
}

}  // namespace streamhouse::librdkafka
