// ProcessMetrics: what the kernel knows of this process, under the names that every Prometheus
// client uses.
//
//   process_cpu_seconds_total          user and system time
//   process_resident_memory_bytes      process_virtual_memory_bytes     process_virtual_memory_max_bytes (its limit)
//   process_open_fds                   process_max_fds (its limit): of the table of the main thread
//   process_start_time_seconds         since the Unix epoch
//   process_threads
//
// The names, and the rule to leave a sample out rather than to guess, are those of the Prometheus
// guide for client libraries.
// When to use something else: RegisterBuildInfo() (build_info.h) for what the program is.
// Guarantees:
// 1. Read from /proc at each scrape; what cannot be read is left out.
// 2. The families stay on the page as long as this object lives.
// 3. Registered again, the newest object that lives is asked.
// Thread safety: a value that one thread owns.
// Cost: nothing until a scrape, which then reads /proc/self/stat five times and lists
// /proc/self/fd.
// Errors: those of Registry.
#pragma once

#include <vector>

#include "metrics_core/callback_family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics {

class ProcessMetrics {
 public:
  static Result<ProcessMetrics> Register(Registry& registry);

 private:
  std::vector<CallbackFamily::Token> tokens_;
};

}  // namespace streamhouse::metrics
