// PushMetrics: what became of pushes, by exporter, as metrics of the registry that is pushed.
//
//   streamhouse_exporter_pushes_total{exporter,outcome}                     outcome: "ok" or "failed"
//   streamhouse_exporter_families_left_out_total{exporter,family,reason}    pages that were made without a family;
//                                                  reason: "reader_has_it" (collector_names.h) or "name_is_taken"
//                                                  (combined_view.h)
//
// What a failed push would have said is not lost: the next one says it, as values are cumulative.
// Guarantees: the labels come from fixed sets and from the names of families. A default-constructed
// one counts nowhere.
// Thread safety: from any thread.
// Errors: AlreadyExists, from Register, where the program has another family of such a name.
#pragma once

#include <string_view>

#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class PushMetrics {
 public:
  PushMetrics() = default;

  static metrics::Result<PushMetrics> Register(metrics::Registry& registry) {
    PushMetrics made;
    metrics::FamilyRegistration families(registry);
    made.pushes_ = families.AddCounter({.name = "streamhouse_exporter_pushes_total",
                                        .help = "Times that metrics were sent or written",
                                        .labels = {"exporter", "outcome"}});
    made.left_out_ = families.AddCounter({.name = "streamhouse_exporter_families_left_out_total",
                                          .help = "Pages that were made without a family of the registry",
                                          .labels = {"exporter", "family", "reason"}});
    if (!families.status().ok()) return families.status();
    return made;
  }

  // `exporter` is a scheme.
  void Count(std::string_view exporter, const metrics::Status& outcome) const {
    pushes_.Lookup(exporter, outcome.ok() ? "ok" : "failed")->Increment();
  }
  // `exporter` and `reason` are of fixed sets.
  void CountLeftOut(std::string_view exporter, std::string_view family, std::string_view reason) const {
    left_out_.Lookup(exporter, family, reason)->Increment();
  }

 private:
  metrics::Family<metrics::Counter> pushes_;
  metrics::Family<metrics::Counter> left_out_;
};

}  // namespace streamhouse::exporters
