// CoreMetrics: what the metrics of a registry cost and lose.
//
//   streamhouse_metrics_series{type}                         series on the page, by type of family
//   streamhouse_metrics_series_bytes                         their labels and indexes
//   streamhouse_metrics_cell_bytes                           the values of all recording threads of the process
//   streamhouse_metrics_cells                                numbered so far, of all series that lived at once
//   streamhouse_metrics_cells_max                            the limit on these; without cells new series are sinks
//   streamhouse_metrics_free_runs                            cells of one removed series each, for the next ones
//   streamhouse_metrics_removed_series                       whose memory a snapshot or a look-up still holds
//   streamhouse_metrics_shards                               threads that have recorded, at the same time at most
//   streamhouse_metrics_overflowed_lookups_total{family}     label sets that got an overflow series (family.h)
//   streamhouse_metrics_cut_label_values_total{family}       longer than MetricOptions::label_value_bytes_max
//   streamhouse_metrics_refused_lookups_total{family}        with another number of values than there are labels
//   streamhouse_metrics_failed_callbacks_total{family}       that threw an exception or gave nonsense
//   streamhouse_metrics_dropped_observations_total{reason}   and amounts: nan, out_of_range (dropped_values.h)
//   streamhouse_metrics_lost_recordings_total                that found no memory for a thread's cells
//
// When to use something else: ProcessMetrics for the process itself; Registry::GetStatistics()
// where a program asks one registry, without a page.
// Guarantees:
// 1. Values are as of the scrape.
// 2. The families stay on the page as long as this object lives; the registry must outlive it.
// 3. Cells, shards, drops and losses are counts of the process and are the same in every registry.
// 4. The four metrics with the label `family` have a series for each family that lost something.
// 5. If several objects are registered, the newest one that lives shows its registry.
// Thread safety: a value that one thread owns.
// Cost: nothing until a scrape.
// Errors: those of Registry.
#pragma once

#include <vector>

#include "metrics_core/callback_family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

class CoreMetrics {
 public:
  static Result<CoreMetrics> Register(Registry& registry);

 private:
  std::vector<CallbackFamily::Token> tokens_;
};

}  // namespace streamhouse::metrics
