// PublishContext(): shows a message to the readers of process contexts (OTEP 4719, version 2), such
// as profilers that look at this process from outside.
//
// A reader finds a mapping named OTEL_CTX in /proc/PID/maps. It holds a header of 32 bytes with the
// address of the message.
// When to use something else: ProcessContextExporter, which publishes the target of a registry.
// Guarantees:
// 1. A process has one context at most.
// 2. The header is whole before its time is set, which readers look at first and last.
// 3. The child of fork() publishes the same message for itself, before fork() returns there. Where
//    the system gives the child no mapping, the child has no context, and nothing tells of it. A
//    child of _Fork() or of a bare clone() has none. Exec ends the publication; the new program
//    publishes its own.
// Thread safety: any thread.
// Cost: a page of memory, and the message. Handlers of fork() stay until the process ends.
// Errors: FailedPrecondition where the process has a context; Unavailable where the system gives no
// mapping that readers can find: it refuses memfd_create(), and Linux is older than 5.17.
#pragma once

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

metrics::Status PublishContext(std::string message);

// Where this process has published no context it does nothing.
void WithdrawContext();

}  // namespace streamhouse::exporters
