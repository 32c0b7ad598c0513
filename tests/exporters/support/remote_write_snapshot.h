// A snapshot of every kind, with fixed times, exemplars and start times.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "metrics_core/exemplar.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {

inline constexpr std::int64_t kStartMilliseconds = 1'700'000'000'007;
inline constexpr std::int64_t kTakenMilliseconds = 1'700'000'060'000;

// One family a kind: relay_{frames_total,open,load,ratio,build_info,mode,hold_seconds,wait_seconds,
// rpc_seconds}. The counter is labelled Zone and port; its second series has an empty port.
inline metrics::Snapshot RemoteWriteSnapshot() {
  using metrics::MetricKind;
  struct Owner {
    metrics::FamilyInfo frames, open, load, ratio, build, mode, hold, wait, rpc;
    std::uint64_t wait_buckets[8] = {2, 0, 1, 0, 0, 0, 0, 1};
    metrics::SnapshotBuffers buffers;
  };
  auto owner = std::make_shared<Owner>();
  owner->frames = {.name = "relay_frames_total",
                   .help = "Frames \"taken\".",
                   .label_names = {"port", "Zone"},
                   .has_exemplars = true,
                   .has_created = true};
  owner->open = {.name = "relay_open", .help = "", .kind = MetricKind::kUpDownCounter};
  owner->load = {.name = "relay_load", .help = "Load", .kind = MetricKind::kGauge};
  owner->ratio = {
      .name = "relay_ratio", .help = "Ratio", .unit = "ratio", .kind = MetricKind::kGauge, .label_names = {"is"}};
  owner->build = {.name = "relay_build_info", .help = "Build", .kind = MetricKind::kInfo, .label_names = {"version"}};
  owner->mode = {.name = "relay_mode",
                 .help = "Mode",
                 .kind = MetricKind::kStateSet,
                 .label_names = {"node"},
                 .states = {"idle", "a\"b"}};
  owner->hold = {.name = "relay_hold_seconds",
                 .help = "Hold",
                 .unit = "seconds",
                 .kind = MetricKind::kHistogram,
                 .label_names = {"port"},
                 .bounds = {0.5, 1},
                 .has_exemplars = true,
                 .has_created = true};
  owner->wait = {.name = "relay_wait_seconds",
                 .help = "Wait",
                 .unit = "seconds",
                 .kind = MetricKind::kExponentialHistogram,
                 .bounds = {1},
                 .has_exemplars = true,
                 .has_created = true};
  owner->rpc = {.name = "relay_rpc_seconds",
                .help = "Calls",
                .unit = "seconds",
                .kind = MetricKind::kSummary,
                .quantiles = {0.5, 1},
                .has_created = true};

  const auto exemplar = [](double value, std::int64_t before) {
    return std::optional(metrics::Exemplar{.trace = {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3},
                                           .value = value,
                                           .unix_milliseconds = kTakenMilliseconds - before});
  };
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.SetOrigin(std::chrono::system_clock::time_point(std::chrono::milliseconds(kTakenMilliseconds)), nullptr);
  auto frames = builder.BeginFamily<metrics::CounterValues<std::uint64_t>>(owner->frames, 2);
  frames.Add("port=\"a\\\\b\\n\",Zone=\"z\"", 4711);
  frames.AddExemplar(exemplar(1, 1000));
  frames.AddCreated(kStartMilliseconds);
  frames.Add("port=\"\",Zone=\"z\"", 1);
  frames.AddExemplar(std::nullopt);
  frames.AddCreated(kStartMilliseconds + 1);
  builder.BeginFamily<metrics::UpDownCounterValues>(owner->open, 1).Add("", -7);
  builder.BeginFamily<metrics::GaugeValues<std::int64_t>>(owner->load, 1).Add("", 12);
  auto ratio = builder.BeginFamily<metrics::GaugeValues<double>>(owner->ratio, 4);
  ratio.Add("is=\"half\"", 0.5);
  ratio.Add("is=\"infinite\"", -std::numeric_limits<double>::infinity());
  ratio.Add("is=\"quiet\"", std::numeric_limits<double>::quiet_NaN());
  ratio.Add("is=\"signalling\"", std::numeric_limits<double>::signaling_NaN());
  builder.BeginFamily<metrics::InfoValues>(owner->build, 1).Add("version=\"1.0\"");
  builder.BeginFamily<metrics::StateSetValues>(owner->mode, 1).Add("node=\"n\"", 0b10);
  auto hold = builder.BeginFamily<metrics::HistogramValues>(owner->hold, 1);
  const auto buckets = hold.Add("port=\"a\"");
  buckets[0] = 2;
  buckets[2] = 1;
  hold.SetTotals(3.25, 3);
  hold.AddExemplar(exemplar(0.25, 3000));
  hold.AddExemplar(std::nullopt);
  hold.AddExemplar(exemplar(3, 2000));
  hold.AddCreated(kStartMilliseconds);
  auto wait = builder.BeginFamily<metrics::ExponentialHistogramValues>(owner->wait, 1);
  const auto classic = wait.Add("", {.schema = 3,
                                     .first_index = -2,
                                     .bucket_counts = owner->wait_buckets,
                                     .zero_threshold = 0x1p-128,
                                     .zero_count = 1,
                                     .sum = 5.5,
                                     .count = 5});
  classic[0] = 4;
  classic[1] = 1;
  wait.AddExemplar(exemplar(0.75, 1000));
  wait.AddExemplar(exemplar(1.5, 2000));
  wait.AddCreated(kStartMilliseconds);
  auto rpc = builder.BeginFamily<metrics::SummaryValues>(owner->rpc, 1);
  const auto quantiles = rpc.Add("", 3, 2);
  quantiles[0] = 1.25;
  quantiles[1] = std::numeric_limits<double>::quiet_NaN();
  rpc.AddCreated(kStartMilliseconds);
  return builder.Finish(std::move(owner));
}

}  // namespace streamhouse::exporters
