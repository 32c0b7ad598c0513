// MessageMetrics: what the broker took from clients and bridges, as metrics.
//
//   mosquitto_publishes_received_total{qos,retain}          retain: "no", "set", or "clear" where the payload is empty
//   mosquitto_publish_payload_bytes                         a histogram of the payloads of the same packets
//   mosquitto_prefix_publishes_received_total{prefix}       the same packets, by prefix of the topic
//   mosquitto_prefix_payload_received_bytes_total{prefix}   their payloads
//   mosquitto_prefix_series_replaced_total                  series that a busier prefix took (busiest_prefixes.h)
//
// The prefix of a topic is the first rule that matches it, as the rule is written. Where no rule
// matches, it is the first levels of the topic. A prefix that reads like a rule shares its series.
// These are counted under kOtherPrefix, which no topic can be:
// - prefixes without a place (busiest_prefixes.h);
// - prefixes with more than kPrefixBytesMax bytes;
// - the prefix `_overflow`, which a family keeps for itself;
// - where a prefix has no levels, all topics that no rule matches.
//
// When to use something else: session_metrics.h for delivered messages, with Mosquitto 2.1.
// Guarantees:
// 1. A packet counts once in each of the five, in the series of its prefix at that moment.
// 2. The series of rules and of kOtherPrefix are there from the start, and stay.
// 3. What the broker does not show is in no family: wills, $SYS, $CONTROL, messages of plugins, and
//    packets that the ACL refuses or that are too large. Packets that a quota or a later plugin
//    refuses are counted. A packet of QoS 1 or 2 that a client sends again counts again.
// Thread safety: the thread of the broker. The families may be read by any.
// Cost: four recordings, a look-up of the prefix, and a match for each rule before the one that
// matches. A prefix that gets a series allocates, takes the locks of two families, and may wait for
// a scrape of these families. A period has at most kTakeoversMax of these, once all places are
// taken.
// Errors: those of Registry. Count() throws std::bad_alloc; the packet may then lack in a family.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "integrations/mosquitto/busiest_prefixes.h"
#include "integrations/mosquitto/coarse_clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// The wildcard of MQTT for the rest; a topic cannot have it.
inline constexpr std::string_view kOtherPrefix = "#";

// The shortest time over which prefixes are compared before one takes the place of another.
inline constexpr std::chrono::seconds kPrefixPeriod{60};

// What a PUBLISH packet asks of the retained message of its topic.
enum class Retain : std::uint8_t { kNo, kSet, kClear };
inline constexpr std::size_t kRetainCount = 3;
inline constexpr std::size_t kQosCount = 3;

struct MessageMetricsOptions {
  std::vector<std::string> topic_rules = {};  // each passes CheckTopicFilter()
  std::uint32_t topic_levels = 1;
  std::uint32_t prefix_series_max = 1;  // of prefixes beside rules; at least 1
};

class MessageMetrics {
 public:
  static metrics::Result<MessageMetrics> Register(metrics::Registry& registry, MessageMetricsOptions options,
                                                  NowFunction now);

  // `qos` is 0, 1 or 2.
  void Count(std::string_view topic, std::uint32_t payload_bytes, unsigned qos, Retain retain);

 private:
  MessageMetrics(MessageMetricsOptions options, NowFunction now);

  metrics::Status RegisterFamilies(metrics::Registry& registry);
  const PrefixSeries& SeriesOf(std::string_view topic);
  const PrefixSeries& SeriesOfPrefix(std::string_view prefix);
  void EndPeriodIfDue();
  bool IsRule(std::string_view prefix) const;
  PrefixSeries MakeSeries(std::string_view prefix) const;

  // Immutable after Register().
  MessageMetricsOptions options_;
  NowFunction now_;
  metrics::Family<metrics::Counter> prefix_publishes_;
  metrics::Family<metrics::Counter> prefix_payload_bytes_;
  metrics::Counter replaced_;
  std::array<std::array<metrics::Counter, kRetainCount>, kQosCount> publishes_;
  metrics::TickHistogram payload_bytes_;
  std::vector<PrefixSeries> of_rules_;  // in the order of the rules
  PrefixSeries others_;

  BusiestPrefixes busiest_;
  std::int64_t period_began_;  // of now_
};

}  // namespace streamhouse::mosquitto_plugin
