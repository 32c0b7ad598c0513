// BackUp: copies the data folder of an agent, also while the agent serves.
//
// When to use something else: a copy of the file system as a whole, at one moment.
// Guarantees:
// 1. An agent can open the copy.
// 2. It holds the records that were acknowledged, and the offsets that were committed, before the
//    call. It may hold some of the later ones.
// 3. No offset in it is beyond the records in it: metadata are copied first, and logs afterwards,
//    up to their last whole batch.
// 4. Segments that retention removes meanwhile may be missing at the start of a log, never in its
//    middle.
// 5. A topic that is deleted meanwhile is not in the copy.
// 6. Segments keep their times of modification.
// 7. When the call returns OK, the copy is on the disk.
// Thread safety: any thread; the source may be in use by an agent of this or another process.
// Cost: reads and writes everything once.
// Errors:
// - FailedPrecondition when the target is not empty.
// - NotFound when the source has no metadata.
// - DataLoss, naming the damaged part of the source. Without a running agent, damage to the
//   write-ahead log of the metadata is found too.
// - Those of the file system.
// After an error, the files that were copied before it stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "agent/log/file_system.h"
#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

struct BackupTotals {
  std::size_t topics = 0;
  std::size_t partitions = 0;
  std::uint64_t bytes = 0;  // of logs
};

// A partition has been copied, with so many bytes. The totals leave it out when its topic is
// deleted after that.
using BackupProgress = std::function<void(const TopicPartition& partition, std::uint64_t bytes)>;

// Creates `to` where it is not there. `progress` must not be empty, and is called on this thread.
// `files` is that of the logs, on both sides.
Result<BackupTotals> BackUp(const std::string& from, const std::string& to, const BackupProgress& progress,
                            FileSystem& files = PosixFileSystem());

}  // namespace streamhouse::agent
