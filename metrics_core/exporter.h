// Exporter: brings metrics out of the process, by being asked (pull) or by sending (push).
//
// Agents and programs own a list of exporters and start and stop them with themselves; they never learn what
// kind they hold. An implementation reads Registry snapshots; it never touches a recording.
// Contract for implementers: Start() reports what prevents it from working (a port that is taken, a path that cannot be
// written) instead of failing later in a thread. It is called at most once. Stop() returns when nothing of the exporter
// runs any more, may be called without Start(), and may be called twice.
// Thread safety: Start and Stop are called from one thread.
// Errors: as Status, never as exceptions.
#pragma once

#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

class Exporter {
 public:
  virtual ~Exporter() = default;

  // What it is, for logs and errors: its scheme and address, for example "prometheus://127.0.0.1:8080".
  virtual std::string_view Name() const = 0;

  virtual Status Start() = 0;
  virtual void Stop() = 0;
};

}  // namespace streamhouse::metrics
