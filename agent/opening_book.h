// OpeningBook: draws the openings of logs, and stores each one before its log takes the first record.
//
// When to use something else: LogOpenings is what there is of one log.
// Guarantees: after Flush() has returned OK, every opening that was drawn before survives a loss of power. A log that
// is only read needs no stored opening: no record was written at an offset that was lost.
// Thread safety: any thread.
// Cost: Reopen, one look-up in the store; Flush, a lock, and one transaction for all openings that are not stored yet.
// Errors: those of the store; the openings wait for the next Flush().
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "agent/log/log_openings.h"
#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

class OpeningBook {
 public:
  // `store` must outlive this.
  explicit OpeningBook(MetadataStore& store) : store_(store) {}

  // The next opening of a log that was there before.
  Result<LogOpenings> Reopen(const TopicIdPartition& partition, std::uint64_t end_offset);

  Status Flush();

  // The failure of the last Flush(), while openings wait for the next one. Waits for a Flush() under way.
  Status Health() const;

 private:
  MetadataStore& store_;

  mutable std::mutex mutex_;
  // guarded by mutex_
  std::vector<StoredOpenings> pending_;
  Status last_flush_;
};

}  // namespace streamhouse::agent
