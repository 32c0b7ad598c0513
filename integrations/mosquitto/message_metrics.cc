#include "integrations/mosquitto/message_metrics.h"

#include <algorithm>
#include <utility>

#include "integrations/mosquitto/take.h"
#include "integrations/mosquitto/topic_filter.h"
#include "metrics_core/bucket_bounds.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Counter;
using metrics::Family;
using metrics::MetricOptions;
using metrics::Registry;
using metrics::Result;
using metrics::Status;

namespace {

constexpr std::array<const char*, kQosCount> kQosValues = {"0", "1", "2"};
constexpr std::array<const char*, kRetainCount> kRetainValues = {"no", "set", "clear"};

// What each family misses, in the words of docs/mosquitto.md.
constexpr std::string_view kMisses =
    " Wills, $SYS, $CONTROL, messages of plugins, packets that are too large and packets that the ACL refuses are "
    "missing; packets that a quota or a later plugin refuses are counted; packets of QoS 1 and 2 that a client sends "
    "again count again.";

std::string Help(std::string_view what) {
  return std::string(what) + std::string(kMisses);
}

}  // namespace

Result<MessageMetrics> MessageMetrics::Register(Registry& registry, MessageMetricsOptions options, NowFunction now) {
  MessageMetrics made(std::move(options), now);
  if (Status registered = made.RegisterFamilies(registry); !registered.ok()) return registered;
  return made;
}

MessageMetrics::MessageMetrics(MessageMetricsOptions options, NowFunction now)
    : options_(std::move(options)), now_(now), busiest_(options_.prefix_series_max), period_began_(now()) {}

Status MessageMetrics::RegisterFamilies(Registry& registry) {
  Result<Family<Counter>> publishes = registry.AddCounter(
      {.name = "mosquitto_publishes_received_total",
       .help = Help("PUBLISH packets that the broker took from clients and bridges. retain=\"clear\" has no payload "
                    "and deletes the retained message."),
       .labels = {"qos", "retain"}});
  if (!publishes.ok()) return publishes.status();
  for (std::size_t qos = 0; qos < kQosCount; ++qos) {
    for (std::size_t retain = 0; retain < kRetainCount; ++retain) {
      publishes_[qos][retain] = publishes->With(kQosValues[qos], kRetainValues[retain]);
    }
  }
  auto sizes = registry.AddTickHistogram(
      {.name = "mosquitto_publish_payload_bytes",
       .help = Help("Payloads of the packets in mosquitto_publishes_received_total, without topic and properties."),
       .unit = "bytes"},
      *metrics::BucketBounds::Exponential(16, 4, 10), 1);
  if (!sizes.ok()) return sizes.status();
  payload_bytes_ = sizes->With();

  // Removed series may stay in the count of the family until a snapshot has let go of them.
  const std::size_t most = std::size_t{2} * options_.prefix_series_max + options_.topic_rules.size() + 1;
  const auto series_max = static_cast<std::uint32_t>(most);
  if (Status added =
          Take(registry.AddCounter({.name = "mosquitto_prefix_publishes_received_total",
                                    .help = Help("PUBLISH packets by prefix of the topic; prefix=\"#\" is all topics "
                                                 "without a series of their own."),
                                    .labels = {"prefix"},
                                    .series_max = series_max}),
               prefix_publishes_);
      !added.ok()) {
    return added;
  }
  if (Status added = Take(
          registry.AddCounter({.name = "mosquitto_prefix_payload_received_bytes_total",
                               .help = Help("Payloads of the packets in mosquitto_prefix_publishes_received_total."),
                               .unit = "bytes",
                               .labels = {"prefix"},
                               .series_max = series_max}),
          prefix_payload_bytes_);
      !added.ok()) {
    return added;
  }
  Result<Family<Counter>> replaced = registry.AddCounter(
      {.name = "mosquitto_prefix_series_replaced_total",
       .help = "Series of a prefix that ended because another prefix was busier and all places were taken."});
  if (!replaced.ok()) return replaced.status();
  replaced_ = replaced->With();

  others_ = MakeSeries(kOtherPrefix);
  for (const std::string& rule : options_.topic_rules) of_rules_.push_back(MakeSeries(rule));
  return Status::Ok();
}

void MessageMetrics::Count(std::string_view topic, std::uint32_t payload_bytes, unsigned qos, Retain retain) {
  publishes_[qos][static_cast<std::size_t>(retain)].Increment();
  payload_bytes_.Observe(payload_bytes);
  const PrefixSeries& series = SeriesOf(topic);
  series.publishes.Increment();
  series.payload_bytes.Increment(payload_bytes);
}

const PrefixSeries& MessageMetrics::SeriesOf(std::string_view topic) {
  for (std::size_t rule = 0; rule < options_.topic_rules.size(); ++rule) {
    if (MatchesFilter(options_.topic_rules[rule], topic)) return of_rules_[rule];
  }
  const std::string_view prefix = FirstLevels(topic, options_.topic_levels);
  if (prefix.empty() || prefix.size() > kPrefixBytesMax || prefix == metrics::kOverflowLabelValue) return others_;
  return SeriesOfPrefix(prefix);
}

const PrefixSeries& MessageMetrics::SeriesOfPrefix(std::string_view prefix) {
  BusiestPrefixes::Place* const place = busiest_.Count(prefix);
  if (place == nullptr) {
    EndPeriodIfDue();
    return others_;
  }
  if (!place->series) [[unlikely]]
    place->series = MakeSeries(prefix);
  return *place->series;
}

void MessageMetrics::EndPeriodIfDue() {
  const std::int64_t now = now_();
  if (now - period_began_ < std::chrono::nanoseconds(kPrefixPeriod).count()) return;
  period_began_ = now;
  busiest_.EndPeriod([this](BusiestPrefixes::Place& place, const std::string& before) {
    place.series.reset();  // gives the series back before it is removed
    if (!IsRule(before)) {
      prefix_publishes_.Remove(before);
      prefix_payload_bytes_.Remove(before);
    }
    place.series = MakeSeries(place.prefix);
    replaced_.Increment();
  });
}

bool MessageMetrics::IsRule(std::string_view prefix) const {
  return std::find(options_.topic_rules.begin(), options_.topic_rules.end(), prefix) != options_.topic_rules.end();
}

PrefixSeries MessageMetrics::MakeSeries(std::string_view prefix) const {
  return {.publishes = prefix_publishes_.With(prefix), .payload_bytes = prefix_payload_bytes_.With(prefix)};
}

}  // namespace streamhouse::mosquitto_plugin
