// A snapshot of the kinds whose samples are not just numbers: an info, a state set and a summary.
#pragma once

#include <memory>
#include <utility>

#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {

// Three families:
// - build_info{version="1.0"},
// - the state set "mode" of idle, busy and a"b: busy is on for {node="a"}, no state for {node="b"},
// - the summary "wait" of two values, with its median and maximum.
inline metrics::Snapshot DescribedSnapshot() {
  struct Owner {
    metrics::FamilyInfo info;
    metrics::FamilyInfo state_set;
    metrics::FamilyInfo summary;
    metrics::SnapshotBuffers buffers;
  };
  auto owner = std::make_shared<Owner>();
  owner->info.kind = metrics::MetricKind::kInfo;
  owner->info.name = "build_info";
  owner->info.help = "Build";
  owner->info.label_names = {"version"};
  owner->state_set.kind = metrics::MetricKind::kStateSet;
  owner->state_set.name = "mode";
  owner->state_set.help = "Mode";
  owner->state_set.label_names = {"node"};
  owner->state_set.states = {"idle", "busy", "a\"b"};
  owner->summary.kind = metrics::MetricKind::kSummary;
  owner->summary.name = "wait";
  owner->summary.help = "Wait";
  owner->summary.quantiles = {0.5, 1};
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.BeginFamily<metrics::InfoValues>(owner->info, 1).Add("version=\"1.0\"");
  auto states = builder.BeginFamily<metrics::StateSetValues>(owner->state_set, 2);
  states.Add("node=\"a\"", 0b010);
  states.Add("node=\"b\"", 0);
  const auto quantiles = builder.BeginFamily<metrics::SummaryValues>(owner->summary, 1).Add("", 3, 2);
  quantiles[0] = 1.25;
  quantiles[1] = 2;
  return builder.Finish(std::move(owner));
}

}  // namespace streamhouse::exporters
