// LeftOutMetrics: the families that a page lacks, by exporter.
//
//   streamhouse_exporter_families_left_out_total{exporter,family,reason}    pages that were made without a family;
//                                                  see left_out_reason
//
// When to use something else: PushMetrics::left_out(), in an exporter that sends.
// Guarantees:
// 1. The labels come from fixed sets and from the names of families.
// 2. A default-constructed one counts nowhere.
// Thread safety: from any thread.
// Cost: a look-up by labels and a recording for each count.
// Errors: AlreadyExists, from Register, where the program has another family of such a name.
#pragma once

#include <string_view>
#include <utility>

#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Why a family is left out of a page: the values of the label `reason`.
namespace left_out_reason {
inline constexpr std::string_view kReaderHasIt = "reader_has_it";  // a family of its name: collector_names.h
inline constexpr std::string_view kNameIsTaken = "name_is_taken";  // by another family of the page
inline constexpr std::string_view kGroupLabel = "group_label";  // it has a label of the group: pushgateway_exporter.h
}  // namespace left_out_reason

class LeftOutMetrics {
 public:
  LeftOutMetrics() = default;

  static metrics::Result<LeftOutMetrics> Register(metrics::Registry& registry) {
    auto families = registry.AddCounter({.name = "streamhouse_exporter_families_left_out_total",
                                         .help = "Pages that were made without a family of the registry",
                                         .labels = {"exporter", "family", "reason"}});
    if (!families.ok()) return families.status();
    LeftOutMetrics made;
    made.families_ = *std::move(families);
    return made;
  }

  // `exporter` is a scheme; `reason` one of left_out_reason.
  void Count(std::string_view exporter, std::string_view family, std::string_view reason) const {
    families_.Lookup(exporter, family, reason)->Increment();
  }

 private:
  metrics::Family<metrics::Counter> families_;
};

}  // namespace streamhouse::exporters
