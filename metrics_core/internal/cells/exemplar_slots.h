// ExemplarSlots: the exemplars of one series, a slot a bucket, written and read by any thread
// without a lock.
//
// Each slot is a sequence lock without waiting: a writer that finds another writer gives up, and a
// reader that is disturbed a few times leaves the exemplar out. The slots belong to the run of
// cells that the series records into. They are replaced when the run gets another series, which is
// after the last handle has gone (cell_arena.h).
// Guarantees: what Read() returns is one whole exemplar.
// Thread safety: Offer, Read and the functions from any thread; SetExemplars for the owner of a run
// without handles.
// Cost: as in exemplar.h.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "metrics_core/exemplar.h"
#include "metrics_core/internal/cells/bucket_table.h"
#include "metrics_core/internal/cells/cell.h"

namespace streamhouse::metrics::internal {

class ExemplarSlots {
 public:
  // Read() gives offered values divided by `recorded_per_unit`. `buckets` must outlive this.
  ExemplarSlots(const BucketTable* buckets, double recorded_per_unit);

  void Offer(double recorded, const TraceContext& trace, std::uint64_t now_nanoseconds) noexcept;

  // Exemplar of a bucket. Nullopt when there is none, or when a writer is changing it.
  std::optional<Exemplar> Read(std::uint32_t bucket) const noexcept;

 private:
  struct ExemplarSlot {
    std::atomic<std::uint64_t> version{0};  // odd while it is written; 0: nothing yet
    std::atomic<std::uint64_t> taken_nanoseconds{0};
    std::atomic<std::uint64_t> trace_id_high{0};
    std::atomic<std::uint64_t> trace_id_low{0};
    std::atomic<std::uint64_t> span_id{0};
    std::atomic<std::uint64_t> value{0};
    std::atomic<std::uint64_t> unix_milliseconds{0};
  };

  // Immutable after construction.
  const BucketTable* const buckets_;
  const double recorded_per_unit_;
  const std::unique_ptr<ExemplarSlot[]> slots_;  // one a bucket
};

// The slots of a series with exemplars; null for others.
ExemplarSlots* ExemplarsOf(Slot run) noexcept;

// Gives a run exemplars, empty ones. Before any handle knows the run.
void SetExemplars(Slot run, const BucketTable* buckets, double recorded_per_unit);

// Takes them from a run that had them for an earlier series. Before any handle knows the run.
void ClearExemplars(Slot run) noexcept;

// Offers, if the series has exemplars, the trace is one, and the value is one that the histogram
// takes.
void OfferExemplar(Slot run, double recorded, const TraceContext& trace) noexcept;

}  // namespace streamhouse::metrics::internal
