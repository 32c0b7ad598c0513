#include "agent/log/sparse_index.h"

#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

void SparseIndex::Add(const BatchPosition& batch) {
  if (!entries_.empty()) {
    const BatchPosition& last = entries_.back();
    // Invariant 1.
    metrics::DCheck([&] { return last.base_offset < batch.base_offset && last.position < batch.position; },
                    "batches are added in the order of their segment");
    if (batch.position < last.position + kIndexIntervalBytes) return;
  }
  entries_.push_back(batch);
}

}  // namespace streamhouse::agent
