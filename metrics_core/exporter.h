// Exporter: brings metrics out of the process, by being asked (pull) or by sending (push).
//
// Agents and programs own a list of exporters, and start and stop them with themselves. They never
// learn what kind they hold. An implementation reads snapshots (Registry::TakeSnapshot()); it never
// touches a recording.
// When to use something else: a program that shows its own numbers in its own way takes a snapshot
// itself.
// Guarantees: of each implementation:
// 1. Start() reports what prevents it from working on this machine, such as a port that is taken, a
//    path that cannot be written or a file that is missing. It does not fail later in a thread. A
//    receiver that is unreachable is no error.
// 2. An error of Start() names the port, path or file. It does not repeat Name(): the owner puts
//    the name before it, as the agent does. After an error nothing runs.
// 3. A second Start() returns FailedPrecondition and changes nothing. So does Start() after Stop(),
//    unless the implementation says that it can start again.
// 4. When Stop() returns, no thread of the exporter runs. Stop() may be called without Start(), and
//    may be called twice. The implementation states the bound of Stop().
// Thread safety: Start and Stop are called from one thread.
// Cost: none for recordings; that of a snapshot for each page or push.
// Errors: as Status, never as exceptions.
#pragma once

#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

class Exporter {
 public:
  virtual ~Exporter() = default;

  // What it is, for logs and errors: its scheme and address, for example
  // "prometheus://127.0.0.1:8080".
  virtual std::string_view Name() const = 0;

  virtual Status Start() = 0;
  virtual void Stop() = 0;
};

}  // namespace streamhouse::metrics
