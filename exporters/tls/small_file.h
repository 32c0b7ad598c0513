// ReadSmallFile: the text of a file that a configuration names.
//
// Guarantees:
// 1. Only regular files of at most kSmallFileBytesMax are read, so that the call never waits for a
//    writer, a terminal or a device. It does wait for a disk that hangs.
// 2. A child process does not inherit the file.
// Thread safety: a pure function.
// Cost: a copy of the file.
// Errors: InvalidArgument. Unavailable where the system lacks descriptors or memory, or the disk
// fails: the same file may be read later. The message is the reason alone; the caller names the
// file.
#pragma once

#include <cstddef>
#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kSmallFileBytesMax = std::size_t{1} << 20;

metrics::Result<std::string> ReadSmallFile(const std::string& path);

}  // namespace streamhouse::exporters
