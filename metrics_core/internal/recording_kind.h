// RecordingKind: what the cells of a family's series mean, one kind for each type of handle.
//
// Several recording kinds may be one kind of metric: Counter and DoubleCounter are both counters
// (metric_kind.h). FamilyCore::Collect() reads each kind's cells.
// Guarantees: Describe() has one row for each kind, at the place of the kind.
// Thread safety: constants.
// Cost: none at run time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "metrics_core/internal/cells/cell.h"
#include "metrics_core/internal/cells/cell_arena.h"
#include "metrics_core/internal/cells/exponential_run.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::metrics::internal {

enum class RecordingKind : std::uint8_t {
  kCounter,
  kDoubleCounter,
  kGauge,
  kDoubleGauge,
  kUpDownCounter,
  kHistogram,
  kTickHistogram,
  kExponentialHistogram,
  kInfo,
  kStateSet,
  kEnd,  // no kind: it stands behind the last
};

// Where the cells of a kind may be.
enum class StorageRule : std::uint8_t {
  kAsAsked,         // MetricOptions::storage decides
  kAlwaysShared,    // the last writer of all threads decides the value
  kAlwaysPerThread  // the layout of the cells is each thread's own, or no thread touches them
};

struct RecordingDescription {
  RecordingKind kind;
  std::string_view word;  // in definitions and messages
  MetricKind metric;      // in a snapshot
  Slot cells;             // of a run, without those of buckets
  bool has_bucket_cells;  // one more cell for each bucket
  StorageRule storage;
  bool samples_exemplars;
};

inline constexpr std::array kRecordingDescriptions = {
    RecordingDescription{.kind = RecordingKind::kCounter,
                         .word = "counter",
                         .metric = MetricKind::kCounter,
                         .cells = 1,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAsAsked,
                         .samples_exemplars = true},
    RecordingDescription{.kind = RecordingKind::kDoubleCounter,
                         .word = "double counter",
                         .metric = MetricKind::kCounter,
                         .cells = 1,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAsAsked,
                         .samples_exemplars = false},
    RecordingDescription{.kind = RecordingKind::kGauge,
                         .word = "gauge",
                         .metric = MetricKind::kGauge,
                         .cells = 1,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAlwaysShared,
                         .samples_exemplars = false},
    RecordingDescription{.kind = RecordingKind::kDoubleGauge,
                         .word = "double gauge",
                         .metric = MetricKind::kGauge,
                         .cells = 1,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAlwaysShared,
                         .samples_exemplars = false},
    // Ups and downs.
    RecordingDescription{.kind = RecordingKind::kUpDownCounter,
                         .word = "up-down counter",
                         .metric = MetricKind::kUpDownCounter,
                         .cells = 2,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAsAsked,
                         .samples_exemplars = false},
    RecordingDescription{.kind = RecordingKind::kHistogram,
                         .word = "histogram",
                         .metric = MetricKind::kHistogram,
                         .cells = kFirstBucketCell,
                         .has_bucket_cells = true,
                         .storage = StorageRule::kAsAsked,
                         .samples_exemplars = true},
    RecordingDescription{.kind = RecordingKind::kTickHistogram,
                         .word = "tick histogram",
                         .metric = MetricKind::kHistogram,
                         .cells = kFirstBucketCell,
                         .has_bucket_cells = true,
                         .storage = StorageRule::kAsAsked,
                         .samples_exemplars = true},
    // The classic bounds need no cells: a reading folds the exponential buckets into them.
    RecordingDescription{.kind = RecordingKind::kExponentialHistogram,
                         .word = "exponential histogram",
                         .metric = MetricKind::kExponentialHistogram,
                         .cells = kExponentialRunCells,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAlwaysPerThread,
                         .samples_exemplars = true},
    // Its cell is never touched. Without one it would have no run to be held by.
    RecordingDescription{.kind = RecordingKind::kInfo,
                         .word = "info",
                         .metric = MetricKind::kInfo,
                         .cells = 1,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAlwaysPerThread,
                         .samples_exemplars = false},
    // A bit for each state.
    RecordingDescription{.kind = RecordingKind::kStateSet,
                         .word = "state set",
                         .metric = MetricKind::kStateSet,
                         .cells = 1,
                         .has_bucket_cells = false,
                         .storage = StorageRule::kAlwaysShared,
                         .samples_exemplars = false},
};

static_assert(kRecordingDescriptions.size() == static_cast<std::size_t>(RecordingKind::kEnd),
              "recording_kind.h needs a row for each kind of recording");

constexpr bool RecordingKindsStandInOrder() {
  for (std::size_t i = 0; i < kRecordingDescriptions.size(); ++i) {
    if (kRecordingDescriptions[i].kind != static_cast<RecordingKind>(i)) return false;
  }
  return true;
}
static_assert(RecordingKindsStandInOrder());

constexpr const RecordingDescription& Describe(RecordingKind kind) {
  return kRecordingDescriptions[static_cast<std::size_t>(kind)];
}

// The run of a series of this kind, with so many buckets.
constexpr RunShape ShapeOf(RecordingKind kind, CellStorage asked, Slot buckets) {
  const RecordingDescription& description = Describe(kind);
  RunShape shape = {.length = description.cells + (description.has_bucket_cells ? buckets : 0), .storage = asked};
  if (description.storage == StorageRule::kAlwaysShared) shape.storage = CellStorage::kShared;
  if (description.storage == StorageRule::kAlwaysPerThread) shape.storage = CellStorage::kPerThread;
  return shape;
}

}  // namespace streamhouse::metrics::internal
