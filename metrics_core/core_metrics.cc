#include "metrics_core/core_metrics.h"

#include <cstddef>
#include <utility>

#include "metrics_core/exponential_histogram.h"
#include "metrics_core/histogram.h"
#include "metrics_core/internal/cell.h"
#include "metrics_core/internal/cell_arena.h"
#include "metrics_core/internal/shard.h"

namespace streamhouse::metrics {
namespace {

using internal::GetShardStatistics;

double CellBytes() {
  return static_cast<double>(GetShardStatistics().chunks * sizeof(internal::Chunk));
}

}  // namespace

Result<CoreMetrics> CoreMetrics::Register(Registry& registry) {
  CoreMetrics made;
  const auto add = [&](Result<CallbackFamily> family, const CallbackFamily::Read& read) {
    if (family.ok()) made.tokens_.push_back(family->Add(read));
    return family;
  };
  auto series = registry.AddCallbackGauge(
      {.name = "streamhouse_metrics_series", .help = "Series on the page", .labels = {"type"}});
  if (!series.ok()) return series.status();
  for (const auto& [type, name] : {std::pair{MetricType::kCounter, "counter"}, std::pair{MetricType::kGauge, "gauge"},
                                   std::pair{MetricType::kHistogram, "histogram"}}) {
    made.tokens_.push_back(series->Add(
        [&registry, type = type] { return static_cast<double>(registry.GetStatistics().series.at(type)); }, name));
  }
  auto dropped = registry.AddCallbackCounter({.name = "streamhouse_metrics_dropped_observations_total",
                                              .help = "Observations that histograms have dropped",
                                              .labels = {"reason"}});
  if (!dropped.ok()) return dropped.status();
  made.tokens_.push_back(dropped->Add([] { return static_cast<double>(DroppedNotANumber()); }, "nan"));
  made.tokens_.push_back(dropped->Add([] { return static_cast<double>(DroppedOutOfRange()); }, "out_of_range"));

  const Result<CallbackFamily> others[] = {
      add(registry.AddCallbackGauge({.name = "streamhouse_metrics_series_bytes",
                                     .help = "Memory of labels and their indexes",
                                     .unit = "bytes"}),
          [&registry] { return static_cast<double>(registry.GetStatistics().series_bytes); }),
      add(registry.AddCallbackGauge({.name = "streamhouse_metrics_cell_bytes",
                                     .help = "Memory of the values of all recording threads",
                                     .unit = "bytes"}),
          &CellBytes),
      add(registry.AddCallbackGauge({.name = "streamhouse_metrics_cells",
                                     .help = "Cells numbered so far, for all series that lived at once"}),
          [] { return static_cast<double>(internal::GetCellStatistics().cells); }),
      add(registry.AddCallbackGauge({.name = "streamhouse_metrics_cells_max",
                                     .help = "Limit on the cells of the process; beyond it new series record nothing"}),
          [] { return static_cast<double>(internal::kMaxCells); }),
      add(registry.AddCallbackGauge({.name = "streamhouse_metrics_free_runs",
                                     .help = "Runs of cells of removed series, waiting for new series"}),
          [] { return static_cast<double>(internal::GetCellStatistics().free_runs); }),
      add(registry.AddCallbackGauge({.name = "streamhouse_metrics_removed_series",
                                     .help = "Removed series whose memory a snapshot or a look-up still holds"}),
          [&registry] { return static_cast<double>(registry.GetStatistics().removed_series); }),
      add(registry.AddCallbackGauge(
              {.name = "streamhouse_metrics_shards", .help = "Threads that have recorded, at the same time at most"}),
          [] { return static_cast<double>(GetShardStatistics().shards); }),
      add(registry.AddCallbackCounter({.name = "streamhouse_metrics_overflowed_lookups_total",
                                       .help = "Look-ups of label sets beyond a family's limit"}),
          [&registry] { return static_cast<double>(registry.GetStatistics().overflowed_lookups); }),
      add(registry.AddCallbackCounter({.name = "streamhouse_metrics_lost_recordings_total",
                                       .help = "Recordings that found no memory for a thread's cells"}),
          [] { return static_cast<double>(GetShardStatistics().lost_to_memory); }),
  };
  for (const Result<CallbackFamily>& family : others) {
    if (!family.ok()) return family.status();
  }
  return made;
}

}  // namespace streamhouse::metrics
