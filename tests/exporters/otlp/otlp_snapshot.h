// A snapshot of every kind of metric, with times that are fixed.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "metrics_core/exemplar.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {

inline constexpr std::int64_t kTakenMilliseconds = 1'790'000'060'000;
inline constexpr std::int64_t kCreatedMilliseconds = 1'790'000'000'007;
inline constexpr metrics::Exemplar kSnapshotExemplar = {
    .trace = {.trace_id_high = 0x5F1C0AB2D37E49C8, .trace_id_low = 0xA6B0E11F42D97C03, .span_id = 0x91BE02C7D4F8A35E},
    .value = 0.75,
    .unix_milliseconds = 1'790'000'042'500};

// What a snapshot of tests points at; make the infos before families begin.
struct OtlpSnapshotOwner {
  std::deque<metrics::FamilyInfo> infos;
  metrics::SnapshotBuffers buffers;

  metrics::FamilyInfo& AddInfo(metrics::MetricKind kind, std::string name) {
    metrics::FamilyInfo& info = infos.emplace_back();
    info.kind = kind;
    info.name = std::move(name);
    info.help = "Help of " + info.name;
    return info;
  }
};

// Tells the builder the time and a target.
inline void SetOtlpOrigin(metrics::SnapshotBuilder& builder) {
  builder.SetOrigin(std::chrono::system_clock::time_point(std::chrono::milliseconds(kTakenMilliseconds)),
                    std::make_shared<metrics::TargetAttributes>(
                        metrics::TargetAttributes{{"service.name", "relay"}, {"service.instance.id", "7"}}));
}

inline void AddNumberFamilies(OtlpSnapshotOwner& owner, metrics::SnapshotBuilder& builder) {
  metrics::FamilyInfo& sent = owner.AddInfo(metrics::MetricKind::kCounter, "sent_bytes_total");
  sent.unit = "bytes";
  sent.label_names = {"topic", "partition"};
  sent.has_created = sent.has_exemplars = true;
  auto counters = builder.BeginFamily<metrics::CounterValues<std::uint64_t>>(sent, 2);
  counters.Add("topic=\"orders\",partition=\"3\"", 4711);
  counters.AddCreated(kCreatedMilliseconds);
  counters.AddExemplar(kSnapshotExemplar);
  counters.Add("topic=\"a\\\"b\\\\c\\nd\",partition=\"\"", std::numeric_limits<std::uint64_t>::max());
  counters.AddCreated(kTakenMilliseconds + 5);  // after the values were read
  counters.AddExemplar(std::nullopt);

  metrics::FamilyInfo& energy = owner.AddInfo(metrics::MetricKind::kCounter, "energy_joules_total");
  energy.unit = "joules";
  builder.BeginFamily<metrics::CounterValues<double>>(energy, 1).Add("", 1.5);

  metrics::FamilyInfo& open = owner.AddInfo(metrics::MetricKind::kUpDownCounter, "open");
  builder.BeginFamily<metrics::UpDownCounterValues>(open, 1).Add("", -3);

  metrics::FamilyInfo& whole = owner.AddInfo(metrics::MetricKind::kGauge, "whole");
  whole.label_names = {"is"};
  auto integers = builder.BeginFamily<metrics::GaugeValues<std::int64_t>>(whole, 2);
  integers.Add("is=\"min\"", std::numeric_limits<std::int64_t>::min());
  integers.Add("is=\"max\"", std::numeric_limits<std::int64_t>::max());

  metrics::FamilyInfo& fill = owner.AddInfo(metrics::MetricKind::kGauge, "fill_ratio");
  fill.unit = "ratio";
  fill.label_names = {"is"};
  auto doubles = builder.BeginFamily<metrics::GaugeValues<double>>(fill, 5);
  doubles.Add("is=\"nan\"", std::numeric_limits<double>::quiet_NaN());
  doubles.Add("is=\"inf\"", std::numeric_limits<double>::infinity());
  doubles.Add("is=\"-inf\"", -std::numeric_limits<double>::infinity());
  doubles.Add("is=\"-0\"", -0.0);
  doubles.Add("is=\"small\"", std::numeric_limits<double>::denorm_min());
}

inline void AddDescribedFamilies(OtlpSnapshotOwner& owner, metrics::SnapshotBuilder& builder) {
  metrics::FamilyInfo& build = owner.AddInfo(metrics::MetricKind::kInfo, "build_info");
  build.label_names = {"version"};
  builder.BeginFamily<metrics::InfoValues>(build, 1).Add("version=\"1.0\"");

  metrics::FamilyInfo& mode = owner.AddInfo(metrics::MetricKind::kStateSet, "mode");
  mode.label_names = {"node"};
  mode.states = {"idle", "a\"b"};
  auto sets = builder.BeginFamily<metrics::StateSetValues>(mode, 2);
  sets.Add("node=\"a\"", 0b10);
  sets.Add("node=\"b\"", 0b01);

  metrics::FamilyInfo& age = owner.AddInfo(metrics::MetricKind::kSummary, "age_seconds");
  age.unit = "seconds";
  age.quantiles = {0.5, 1};
  age.has_created = true;
  auto summaries = builder.BeginFamily<metrics::SummaryValues>(age, 1);
  const auto quantiles = summaries.Add("", 3, 2);
  quantiles[0] = 1.25;
  quantiles[1] = std::numeric_limits<double>::quiet_NaN();
  summaries.AddCreated(kCreatedMilliseconds);
}

inline void AddHistogramFamilies(OtlpSnapshotOwner& owner, metrics::SnapshotBuilder& builder) {
  metrics::FamilyInfo& wait = owner.AddInfo(metrics::MetricKind::kHistogram, "wait_seconds");
  wait.unit = "seconds";
  wait.label_names = {"topic"};
  wait.bounds = {-1, 0.001, 1e6};
  wait.has_created = wait.has_exemplars = true;
  auto histograms = builder.BeginFamily<metrics::HistogramValues>(wait, 1);
  const auto counts = histograms.Add("topic=\"orders\"");
  counts[0] = 1;
  counts[2] = 4;
  histograms.SetTotals(-2.5, 5);
  histograms.AddCreated(kCreatedMilliseconds);
  for (int bucket = 0; bucket < 4; ++bucket) {
    histograms.AddExemplar(bucket == 2 ? std::optional(kSnapshotExemplar) : std::nullopt);
  }

  metrics::FamilyInfo& latency = owner.AddInfo(metrics::MetricKind::kExponentialHistogram, "latency_seconds");
  latency.bounds = {1};
  latency.has_created = true;
  auto exponentials = builder.BeginFamily<metrics::ExponentialHistogramValues>(latency, 1);
  static constexpr std::uint64_t kCounts[] = {3, 2, 0, std::uint64_t{1} << 40U};
  exponentials.Add("", {.schema = -2,
                        .first_index = -5,
                        .bucket_counts = kCounts,
                        .zero_threshold = 1e-39,
                        .zero_count = 1,
                        .sum = 20.5,
                        .count = 6 + kCounts[3]});
  exponentials.AddCreated(kCreatedMilliseconds);
}

inline metrics::Snapshot OtlpSnapshot() {
  auto owner = std::make_shared<OtlpSnapshotOwner>();
  metrics::SnapshotBuilder builder(owner->buffers);
  SetOtlpOrigin(builder);
  AddNumberFamilies(*owner, builder);
  AddDescribedFamilies(*owner, builder);
  AddHistogramFamilies(*owner, builder);
  return builder.Finish(owner);
}

}  // namespace streamhouse::exporters
