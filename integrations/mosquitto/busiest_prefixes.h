// BusiestPrefixes: which prefixes of topics have a series of their own, where there are more
// prefixes than series.
//
// Prefixes get places as they come, until all places are taken. From then on, the messages of a
// prefix without a place are counted together with those of the others, and a SpaceSaving table
// watches which of them are busy. EndPeriod() compares: a prefix wins a period if it certainly had
// more than twice the messages of the least busy place, and at least kTakeoverMessagesMin. It takes
// the place over when it wins two periods in a row, up to kTakeoversMax places a period. So clients
// that invent busy prefixes make at most kTakeoversMax new series a period.
//
// What this means for the series of a page:
// - A message is counted in one series, the one that its prefix has when it arrives. No count moves
//   from one series to another.
// - A reader of scrapes misses what a series counts after its last scrape. Prometheus' rate() and
//   increase() also ignore start times: they miss what a series counts before its first scrape.
//   Totals are mosquitto_publishes_received_total (message_metrics.h).
// - A series never runs backwards while it is on the page. A prefix that loses its place loses its
//   series. If it gets a place again, its series is a new one: zero, with a new start time.
// - The sum of the values on a page falls when a place changes hands, because the series that ended
//   takes its count along. A total over all topics is a family of its own (message_metrics.h).
//
// When to use something else: MetricOptions::series_max, where the first ones may keep their series
// for good.
// Guarantees:
// 1. A prefix with a place is counted exactly.
// 2. The count of a prefix without a place is certain to within the messages of all such prefixes
//    in this period, divided by kWatchedPrefixes.
// Thread safety: one thread.
// Cost: Count(), a look-up; without a place, that of SpaceSaving. EndPeriod() looks at each place.
// Errors: std::bad_alloc, after which a prefix may lack its place, and all else works on.
//
//   BusiestPrefixes prefixes(1'000);
//   BusiestPrefixes::Place* const place = prefixes.Count("sensors");
//   prefixes.EndPeriod([&](BusiestPrefixes::Place& place, const std::string& before) { … });
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "integrations/mosquitto/space_saving.h"
#include "integrations/mosquitto/text_index.h"
#include "metrics_core/counter.h"

namespace streamhouse::mosquitto_plugin {

// A prefix that was busy for a moment must not push out one that is quiet for a while.
inline constexpr std::uint64_t kTakeoverMessagesMin = 10;

// Of one period.
inline constexpr std::size_t kTakeoversMax = 16;

inline constexpr std::size_t kWatchedPrefixes = 512;

// The series of a prefix.
struct PrefixSeries {
  metrics::Counter publishes;
  metrics::Counter payload_bytes;
};

class BusiestPrefixes {
 public:
  struct Place {
    std::string prefix;
    std::uint64_t messages = 0;               // in this period
    std::optional<PrefixSeries> series = {};  // the caller's: beside the prefix, one look-up finds both
  };

  // At least one place.
  explicit BusiestPrefixes(std::uint32_t places_max);

  // The place of the prefix, which may be the next new one, without series; or null. Places stay
  // where they are.
  Place* Count(std::string_view prefix);

  // Called for each place that changes hands. `before` is the prefix that had the place, and
  // place.series is still the series of that prefix.
  using Replaced = std::function<void(Place& place, const std::string& before)>;
  void EndPeriod(const Replaced& replaced);

 private:
  // The places with the fewest messages, the fewest first: as many as may change hands, and one
  // more.
  std::vector<Place*> IdlestPlaces();
  void TakeOver(Place& place, const std::string& prefix, const Replaced& replaced);

  const std::uint32_t places_max_;
  const TextHash hash_;
  std::vector<Place> taken_;
  TextIndex index_;  // the numbers are indices of taken_
  SpaceSaving others_{kWatchedPrefixes};
  // Prefixes that won the last period and took no place over.
  std::unordered_set<std::string> winners_;
};

}  // namespace streamhouse::mosquitto_plugin
