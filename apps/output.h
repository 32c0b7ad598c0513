// Output: results on stdout, a line at a time or buffered.
//
// Guarantees: what was written before a Flush() that returned OK has left the process.
// Thread safety: one thread at a time.
// Errors: Unavailable when stdout takes no more (a full disk, or a pipe whose reader has gone and SIGPIPE is ignored).
#pragma once

#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::apps {

// Buffered; a failure shows at the next Flush().
void WriteLine(std::string_view line);
metrics::Status FlushOutput();

// Both.
metrics::Status PrintLine(std::string_view line);

}  // namespace streamhouse::apps
