// A snapshot with fixed creation times, independent of the clock.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {

// sent_bytes_total{topic="a"} 5 and {topic="b"} 6, and the histogram "wait" with one value, each
// made at another time.
inline metrics::Snapshot CreatedSnapshot() {
  struct Owner {
    metrics::FamilyInfo counter;
    metrics::FamilyInfo histogram;
    metrics::SnapshotBuffers buffers;
  };
  auto owner = std::make_shared<Owner>();
  owner->counter.name = "sent_bytes_total";
  owner->counter.help = "Sent";
  owner->counter.label_names = {"topic"};
  owner->histogram.name = "wait";
  owner->histogram.help = "Wait";
  owner->histogram.kind = metrics::MetricKind::kHistogram;
  owner->histogram.bounds = {1};
  owner->counter.has_created = owner->histogram.has_created = true;
  constexpr std::int64_t kCreated = 1'700'000'000'007;
  metrics::SnapshotBuilder builder(owner->buffers);
  auto counters = builder.BeginFamily<metrics::CounterValues<std::uint64_t>>(owner->counter, 2);
  counters.Add("topic=\"a\"", 5);
  counters.AddCreated(kCreated);
  counters.Add("topic=\"b\"", 6);
  counters.AddCreated(kCreated + 1'000);
  auto histograms = builder.BeginFamily<metrics::HistogramValues>(owner->histogram, 1);
  histograms.Add("")[1] = 1;
  histograms.SetTotals(2.5, 1);
  histograms.AddCreated(kCreated + 993);
  return builder.Finish(std::move(owner));
}

}  // namespace streamhouse::exporters
