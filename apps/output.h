// Output: results on stdout, a line at a time or buffered; notices on stderr.
//
// Guarantees:
// 1. What was written before a Flush() that returned OK has left the process.
// 2. A stdout or stderr that is closed at start never becomes the descriptor of another file.
// Thread safety: one thread at a time.
// Errors: Unavailable when stdout takes no more (a full disk, or a pipe whose reader has gone and
// SIGPIPE is ignored).
#pragma once

#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::apps {

// Buffered; a failure shows at the next Flush().
void WriteLine(std::string_view line);
metrics::Status FlushOutput();

// Both.
metrics::Status PrintLine(std::string_view line);

// A line for people on stderr. Ends nothing when it cannot be written: a terminal that was closed
// takes no more.
void PrintNotice(std::string_view line);

// Opens /dev/null where stdin, stdout or stderr is closed. Call it before any other file is opened.
void OpenStandardStreams();

}  // namespace streamhouse::apps
