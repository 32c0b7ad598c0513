// PendingOpenings: makes a new opening for each log that is opened again, and stores all new
// openings in one transaction.
//
// A log calls Reopen() when it is opened, and Flush() before it takes its first batch. It takes no
// batch until Flush() has returned OK. A new log needs neither: it has lost no record.
// When to use something else: LogOpenings, for the openings of one log.
// Guarantees:
// 1. After Flush() has returned OK, every opening that Reopen() made before survives a loss of
//    power.
// 2. A log that is only read needs no stored opening: no record was written at an offset that was
//    lost.
// Thread safety: any thread.
// Cost: Reopen, one look-up in the store; Flush, two locks, and one transaction for all openings
// that are not stored yet; Health, one lock that is held for moments.
// Errors: those of the store; the openings wait for the next Flush().
//
//   auto openings = pending.Reopen({topic_id, partition}, log.HighWatermark());
//   if (!openings.ok()) return openings.status();
//   …
//   if (Status stored = pending.Flush(); !stored.ok()) return stored;  // before the first batch
#pragma once

#include <cstdint>
#include <vector>

#include "agent/log/log_openings.h"
#include "agent/metadata/metadata_store.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

class PendingOpenings {
 public:
  // `store` must outlive this.
  explicit PendingOpenings(MetadataStore& store) : store_(store) {}

  // The next opening of a log that was there before and ends at `end_offset`.
  Result<LogOpenings> Reopen(const TopicIdPartition& partition, std::uint64_t end_offset);

  // Stores all openings that Reopen() has made and that are not stored yet.
  Status Flush();

  // The failure of the last Flush(), while openings wait for the next one. Never waits for the
  // store.
  Status Health() const;

 private:
  // Immutable after construction.
  MetadataStore& store_;

  metrics::Mutex flush_mutex_;  // held during a Flush(), the call of the store included; taken before mutex_

  mutable metrics::Mutex mutex_;  // held for moments only
  std::vector<StoredOpenings> pending_ STREAMHOUSE_GUARDED_BY(mutex_);
  Status last_flush_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::agent
