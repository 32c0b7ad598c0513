// WriteAtomically: replaces a file by a page, so that a reader sees the old one or the new one,
// whole.
//
// Guarantees:
// 1. When it returns OK, the new file is on the disk, also after a power failure, and every user
//    may read it, with any umask.
// 2. Otherwise the old file is unchanged. One exception: where its folder cannot be synced, the new
//    one is in its place already, and a power failure may bring back the old one.
// 3. No temporary file is left behind, unless the process dies meanwhile. The next write then
//    replaces that one too.
// 4. What else stands in the temporary file's place, such as a link, is removed and not followed.
// Thread safety: one writer a path.
// Cost: a few system calls a chunk, two fsyncs.
// Errors:
// - Unavailable, naming the path and the operation.
// - DeadlineExceeded, which is looked for between chunks: a disk that hangs is waited for.
#pragma once

#include <chrono>
#include <string>

#include "exporters/encoding/page_chunk.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

metrics::Status WriteAtomically(const std::string& path, PageSource& page,
                                std::chrono::steady_clock::time_point deadline);

}  // namespace streamhouse::exporters
