// CheckWal: whether SQLite's write-ahead log holds all that was committed to it.
//
// SQLite takes a damaged frame for the end of the log, and a damaged header for an empty one: what
// was committed after it vanishes without an error. A loss of power looks alike, but can leave only
// the last transaction unfinished: each one is synced before the next begins.
// Call it before the database is opened, while no other process can write to it.
// When to use something else: MakeMetadataStore (make_metadata_store.h) and BackUp (backup.h) call
// it.
// Guarantees:
// 1. The files are not changed.
// 2. Damage to the last transaction of the log is not told from a loss of power.
// Thread safety: pure.
// Cost: reads the log once; SQLite keeps it at a few megabytes.
// Errors: DataLoss naming the file and the byte; those of the file system.
#pragma once

#include <string>

#include "agent/log/file_system.h"

namespace streamhouse::agent {

// `path` is that of the database.
Status CheckWal(FileSystem& files, const std::string& path);

}  // namespace streamhouse::agent
