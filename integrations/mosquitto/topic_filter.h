// CheckTopicFilter(), MatchesFilter(), FirstLevels(): topics and topic filters of MQTT.
//
// When to use something else: nothing here subscribes.
// Guarantees: MatchesFilter() keeps the rules of MQTT 5.0, section 4.7: `a/#` matches `a` as well,
// and a filter that begins with a wildcard matches no topic that begins with `$`.
// Thread safety: pure functions.
// Cost: linear in the filter and in the part of the topic that matches it; no allocation.
// Errors: CheckTopicFilter(), InvalidArgument, which says what is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

// A longer prefix or rule gets no series of its own: a broker takes topics of 64 KiB.
inline constexpr std::size_t kPrefixBytesMax = 128;

// Whether `filter` may be a rule: a topic filter of at most kPrefixBytesMax bytes. `#` alone is
// refused, because it is the label of what has no series of its own. So is the label that a family
// keeps for itself (metrics_core/metric_options.h): the series of the rule would be another one.
metrics::Status CheckTopicFilter(std::string_view filter);

// `filter` passes CheckTopicFilter().
bool MatchesFilter(std::string_view filter, std::string_view topic);

// The first `levels` levels of the topic, without the slash behind them; empty for no levels. A
// slash at the beginning belongs to the first level: that of "/home/light" is "/home".
std::string_view FirstLevels(std::string_view topic, std::uint32_t levels);

}  // namespace streamhouse::mosquitto_plugin
