// PushMetrics: what became of pushes, by exporter, as metrics of the registry that is pushed.
//
//   streamhouse_exporter_pushes_total{exporter,outcome}    outcome: "ok" or "failed"
//
// What a failed push would have said is not lost: the next one says it, as values are cumulative.
// Guarantees: the labels come from fixed sets. A default-constructed one counts nowhere. Thread safety: from any
// thread.
#pragma once

#include <string_view>

#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class PushMetrics {
 public:
  PushMetrics() = default;
  explicit PushMetrics(metrics::Registry& registry) {
    auto pushes = registry.AddCounter({.name = "streamhouse_exporter_pushes_total",
                                       .help = "Times that metrics were sent or written",
                                       .labels = {"exporter", "outcome"}});
    if (pushes.ok()) pushes_ = *pushes;
  }

  // `exporter` is a scheme.
  void Count(std::string_view exporter, const metrics::Status& outcome) const {
    pushes_.Lookup(exporter, outcome.ok() ? "ok" : "failed")->Increment();
  }

 private:
  metrics::Family<metrics::Counter> pushes_;
};

}  // namespace streamhouse::exporters
