// ProgramMetrics: what every page of this program has besides its own: the process, the build, and the metrics
// themselves.
//
// Guarantees: the families are on the page as long as this object lives, which must not be longer than the registry.
// Thread safety: a value that one thread owns. Cost: nothing until a scrape.
// Errors: AlreadyExists, the second time for a registry.
#pragma once

#include <utility>

#include "metrics_core/core_metrics.h"
#include "metrics_core/process_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

class ProgramMetrics {
 public:
  static metrics::Result<ProgramMetrics> Register(metrics::Registry& registry);

 private:
  ProgramMetrics(metrics::ProcessMetrics process, metrics::CoreMetrics core)
      : process_(std::move(process)), core_(std::move(core)) {}

  metrics::ProcessMetrics process_;
  metrics::CoreMetrics core_;
};

}  // namespace streamhouse::apps
