#include "metrics_core/self_metrics/core_metrics.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "metrics_core/dropped_values.h"
#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/shard.h"

namespace streamhouse::metrics {
namespace {

using internal::GetCellStatistics;
using internal::GetShardStatistics;

// The core's counts start here: before any of its code ran.
const auto program_began = std::chrono::system_clock::now();

struct Loss {
  const char* name;
  const char* help;
  std::uint64_t Registry::Losses::*count;
};

constexpr Loss kLosses[] = {
    {"streamhouse_metrics_overflowed_lookups_total", "Look-ups of label sets beyond a family's limits",
     &Registry::Losses::overflowed_lookups},
    {"streamhouse_metrics_cut_label_values_total", "Label values that were cut to their limit",
     &Registry::Losses::cut_label_values},
    {"streamhouse_metrics_refused_lookups_total", "Look-ups with another number of values than there are labels",
     &Registry::Losses::refused_lookups},
    {"streamhouse_metrics_failed_callbacks_total",
     "Callbacks that threw an exception or gave nonsense in place of a value", &Registry::Losses::failed_callbacks},
};

double CellBytes() {
  return static_cast<double>(GetShardStatistics().chunks * sizeof(internal::Chunk));
}

}  // namespace

Result<CoreMetrics> CoreMetrics::Register(Registry& registry) {
  CoreMetrics made;
  Status status;
  const auto gauge = [&](MetricOptions options, const CallbackFamily::Read& read) {
    const Result<CallbackFamily> family = registry.AddCallbackGauge(std::move(options));
    if (family.ok()) made.tokens_.push_back(family->Add(read));
    if (status.ok()) status = family.status();
  };
  const auto counter = [&](MetricOptions options, const CallbackFamily::ReadMany& read) {
    const Result<CallbackFamily> family = registry.AddCallbackCounter(std::move(options));
    if (family.ok()) made.tokens_.push_back(family->AddManySince(program_began, read));
    if (status.ok()) status = family.status();
  };
  const Result<CallbackFamily> series = registry.AddCallbackGauge(
      {.name = "streamhouse_metrics_series", .help = "Series on the page", .labels = {"type"}});
  if (!series.ok()) return series.status();
  for (const auto& [type, count] : registry.GetStatistics().series) {
    made.tokens_.push_back(series->Add(
        [&registry, type = type] { return static_cast<double>(registry.GetStatistics().series.at(type)); }, type));
  }
  counter({.name = "streamhouse_metrics_dropped_observations_total",
           .help = "Observations of histograms and amounts of counters that were dropped",
           .labels = {"reason"}},
          [](CallbackFamily::Samples& samples) {
            samples.Add(static_cast<double>(DroppedNotANumber()), "nan");
            samples.Add(static_cast<double>(DroppedOutOfRange()), "out_of_range");
          });
  gauge({.name = "streamhouse_metrics_series_bytes", .help = "Memory of labels and their indexes", .unit = "bytes"},
        [&registry] { return static_cast<double>(registry.GetStatistics().series_bytes); });
  gauge({.name = "streamhouse_metrics_cell_bytes",
         .help = "Memory of the values of all recording threads",
         .unit = "bytes"},
        &CellBytes);
  gauge({.name = "streamhouse_metrics_cells", .help = "Cells numbered so far, for all series that lived at once"},
        [] { return static_cast<double>(GetCellStatistics().cells); });
  gauge({.name = "streamhouse_metrics_cells_max",
         .help = "Limit on the cells of the process; beyond it new series record nothing"},
        [] { return static_cast<double>(internal::kMaxCells); });
  gauge({.name = "streamhouse_metrics_free_runs", .help = "Runs of cells of removed series, waiting for new series"},
        [] { return static_cast<double>(GetCellStatistics().free_runs); });
  gauge({.name = "streamhouse_metrics_removed_series",
         .help = "Removed series whose memory a snapshot or a look-up still holds"},
        [&registry] { return static_cast<double>(registry.GetStatistics().removed_series); });
  gauge({.name = "streamhouse_metrics_shards", .help = "Threads that have recorded, at the same time at most"},
        [] { return static_cast<double>(GetShardStatistics().shards); });
  for (const Loss& loss : kLosses) {
    counter({.name = loss.name, .help = loss.help, .labels = {"family"}},
            [&registry, count = loss.count](CallbackFamily::Samples& samples) {
              for (const Registry::Losses& losses : registry.GetStatistics().losses) {
                if (losses.*count > 0) samples.Add(static_cast<double>(losses.*count), losses.family);
              }
            });
  }
  counter(
      {.name = "streamhouse_metrics_lost_recordings_total",
       .help = "Recordings that found no memory for a thread's cells"},
      [](CallbackFamily::Samples& samples) { samples.Add(static_cast<double>(GetShardStatistics().lost_to_memory)); });
  if (!status.ok()) return status;
  return made;
}

}  // namespace streamhouse::metrics
