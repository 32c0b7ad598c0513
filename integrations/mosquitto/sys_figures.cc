#include "integrations/mosquitto/sys_figures.h"

#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <system_error>

namespace streamhouse::mosquitto_plugin {

using metrics::CallbackFamily;
using metrics::MetricOptions;
using metrics::Registry;
using metrics::Result;
using metrics::Status;

namespace {

enum class Kind : std::uint8_t { kCounter, kGauge };

struct Figure {
  std::string_view topic;  // below $SYS/broker/
  const char* name;
  const char* unit;
  Kind kind;
  const char* help;
};

constexpr std::string_view kRoot = "$SYS/broker/";
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

constexpr std::array kFigures = {
    Figure{"clients/connected", "mosquitto_sys_clients_connected", "", Kind::kGauge,
           "Connected clients and bridges, the plugin's own client included."},
    Figure{"clients/total", "mosquitto_sys_sessions", "", Kind::kGauge,
           "Connected clients, the plugin's own included, and stored sessions of clients that are offline."},
    Figure{"messages/received", "mosquitto_sys_packets_received_total", "", Kind::kCounter,
           "MQTT packets of every kind that arrived."},
    Figure{"messages/sent", "mosquitto_sys_packets_sent_total", "", Kind::kCounter,
           "MQTT packets of every kind that were sent, those to the plugin's own client included."},
    Figure{"publish/messages/received", "mosquitto_sys_plain_publishes_received_total", "", Kind::kCounter,
           "PUBLISH packets of QoS 0 and 1 without the retain flag; those of QoS 2 and retained ones are missing."},
    Figure{"publish/messages/sent", "mosquitto_sys_publishes_sent_total", "", Kind::kCounter,
           "PUBLISH packets that were sent, retained ones and those to the plugin's own client included."},
    Figure{"publish/messages/dropped", "mosquitto_sys_publishes_dropped_total", "", Kind::kCounter,
           "Messages that were dropped because a queue of a client was full."},
    Figure{"publish/bytes/received", "mosquitto_sys_payload_received_bytes_total", "bytes", Kind::kCounter,
           "Payloads of all PUBLISH packets that arrived."},
    Figure{"publish/bytes/sent", "mosquitto_sys_payload_sent_bytes_total", "bytes", Kind::kCounter,
           "Payloads of PUBLISH packets that were sent, those to the plugin's own client included."},
    Figure{"bytes/received", "mosquitto_sys_network_received_bytes_total", "bytes", Kind::kCounter,
           "Bytes of packets that arrived, without TCP and TLS."},
    Figure{"bytes/sent", "mosquitto_sys_network_sent_bytes_total", "bytes", Kind::kCounter,
           "Bytes of packets that were sent, without TCP and TLS, those to the plugin's own client included."},
    Figure{"retained messages/count", "mosquitto_sys_retained_messages", "", Kind::kGauge,
           "Retained messages, those of $SYS included, of which a fresh broker has some fifty."},
    Figure{"store/messages/count", "mosquitto_sys_stored_messages", "", Kind::kGauge,
           "Messages that the broker keeps: retained, queued and under way; those of $SYS included."},
    Figure{"store/messages/bytes", "mosquitto_sys_stored_payload_bytes", "bytes", Kind::kGauge,
           "Payloads of mosquitto_sys_stored_messages."},
    Figure{"subscriptions/count", "mosquitto_sys_subscriptions", "", Kind::kGauge,
           "Subscriptions, also of stored sessions, and that of the plugin's own client."},
    Figure{"heap/current", "mosquitto_sys_heap_bytes", "bytes", Kind::kGauge,
           "Memory that the broker's own allocations take; the plugin's is missing."},
};

}  // namespace

Result<std::unique_ptr<SysFigures>> SysFigures::Register(Registry& registry) {
  std::unique_ptr<SysFigures> made(new SysFigures());
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    const Figure& figure = kFigures[i];
    MetricOptions options = {.name = figure.name,
                             .help = std::string(figure.help) + " As published under $SYS/broker/" +
                                     std::string(figure.topic) + ", by Mosquitto 2.0 every sys_interval + 1 seconds.",
                             .unit = figure.unit};
    Result<CallbackFamily> family = figure.kind == Kind::kCounter ? registry.AddCallbackCounter(std::move(options))
                                                                  : registry.AddCallbackGauge(std::move(options));
    if (!family.ok()) return family.status();
    // Relaxed: a figure is read for its own sake and orders nothing.
    made->tokens_.push_back(family->Add([&value = made->values_[i]] { return value.load(std::memory_order_relaxed); }));
  }
  return made;
}

SysFigures::SysFigures() : values_(kFigures.size()) {
  Forget();
}

void SysFigures::Take(std::string_view topic, std::string_view payload) {
  if (!topic.starts_with(kRoot)) return;
  topic.remove_prefix(kRoot.size());
  double number = 0;
  const char* const end = payload.data() + payload.size();
  const auto [rest, error] = std::from_chars(payload.data(), end, number);
  if (error != std::errc() || rest != end) return;
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    // Relaxed: as where it is read.
    if (kFigures[i].topic == topic) values_[i].store(number, std::memory_order_relaxed);
  }
}

void SysFigures::Forget() {
  // Relaxed: as where they are read.
  for (std::atomic<double>& value : values_) value.store(kUnknown, std::memory_order_relaxed);
}

}  // namespace streamhouse::mosquitto_plugin
