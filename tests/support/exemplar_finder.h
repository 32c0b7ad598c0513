// FindExemplar: an exemplar of a family, from any of its series.
//
// When to use something else: metrics::testing::MetricReader, for values.
// Thread safety: any thread.
// Cost: a snapshot.
#pragma once

#include <optional>
#include <string_view>

#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse {

// The first one of a histogram, by series and bucket; nothing when there is none.
inline std::optional<metrics::Exemplar> FindExemplar(metrics::Registry& registry, std::string_view family) {
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  for (const metrics::FamilySnapshot& candidate : snapshot.families()) {
    if (candidate.info().name != family) continue;
    const metrics::HistogramValues* const histograms = metrics::testing::HistogramsOf(candidate);
    if (histograms == nullptr) return std::nullopt;
    for (const std::optional<metrics::Exemplar>& found : histograms->exemplars.places) {
      if (found) return found;
    }
  }
  return std::nullopt;
}

}  // namespace streamhouse
