// ReadSmallFile: the text of a file that a configuration names.
//
// Guarantees: does not wait for a writer, a terminal or a device: whatever is no regular file is refused, and so is one
// of more than kSmallFileBytesMax. A child process does not inherit the file. A disk that hangs is waited for.
// Thread safety: pure. Errors: Unavailable, naming the file and the reason.
#pragma once

#include <cstddef>
#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kSmallFileBytesMax = std::size_t{1} << 20;

metrics::Result<std::string> ReadSmallFile(const std::string& path);

}  // namespace streamhouse::exporters
